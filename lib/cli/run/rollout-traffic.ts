import type { PipelineProgress } from '../../local/codepipeline/progress';
import { STAGES } from '../../pipeline/contract';
import type { Callers, CallersResult } from './callers';

/** Sends traffic to production while a run changes it, and only if a release serves there already. */
export class RolloutTraffic {
  private started: Promise<Callers | undefined> | undefined;
  private stopped: Promise<CallersResult | undefined> | undefined;

  /** @param create called when the Production stage starts; undefined where there is nothing to send to */
  constructor(private readonly create: (runId: string) => Promise<Callers | undefined>) {}

  readonly onProgress = (event: PipelineProgress): void => {
    if (event.type === 'stageStarted' && event.stage === STAGES.production) {
      this.started = this.create(event.executionId).then(async (callers) => {
        await callers?.start();
        return callers;
      });
      // stop() reports a failure; until then it must not count as unhandled.
      this.started.catch(() => undefined);
    }
    if ((event.type === 'stageSucceeded' || event.type === 'stageFailed') && event.stage === STAGES.production) {
      this.stop().catch(() => undefined);
    }
  };

  /** Ends the traffic. Rejects if it could not be started. */
  stop(): Promise<CallersResult | undefined> {
    this.stopped ??= Promise.resolve(this.started).then((callers) => callers?.stop());
    return this.stopped;
  }
}
