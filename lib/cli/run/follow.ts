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
