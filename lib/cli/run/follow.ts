import type { CodePipeline, PipelineResult } from '../../local/codepipeline/service';

/** Waits for the end of a run. @throws the signal's reason when it aborts; the run is abandoned then */
export async function followRun(
  pipelines: Pick<CodePipeline, 'abandon' | 'wait'>,
  executionId: string,
  signal: AbortSignal,
): Promise<PipelineResult> {
  const abandon = () => pipelines.abandon(executionId, 'the run was stopped');
  signal.addEventListener('abort', abandon, { once: true });
  try {
    if (signal.aborted) abandon();
    const result = await pipelines.wait(executionId);
    signal.throwIfAborted();
    return result;
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}

/** Notices the next run that starts, whatever starts it. */
export function nextStart(pipelines: Pick<CodePipeline, 'onProgress'>): {
  readonly begun: Promise<string>;
  /** Undefined while none has begun. */
  readonly executionId: () => string | undefined;
  readonly close: () => void;
} {
  let started: string | undefined;
  let close: () => void = () => undefined;
  const begun = new Promise<string>((resolve) => {
    close = pipelines.onProgress(({ type, executionId }) => {
      if (type !== 'pipelineStarted') return;
      started ??= executionId;
      resolve(started);
    });
  });
  return { begun, executionId: () => started, close };
}
