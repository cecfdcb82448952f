/** A time, and which run it belongs to. */
interface OfRun {
  readonly time: Date;
  readonly pipeline: string;
  readonly executionId: string;
}
interface OfStage extends OfRun {
  readonly stage: string;
}
interface OfAction extends OfStage {
  readonly action: string;
  /** `Source`, `Build`, `Test`, `Invoke`, `Approval` */
  readonly category: string;
  readonly provider: string;
}

/** What happens in a run, for whoever shows it. Seconds are wall-clock time. */
export type PipelineProgress =
  | (OfRun & {
      readonly type: 'pipelineStarted';
      readonly stages: readonly { readonly name: string; readonly actions: readonly string[] }[];
    })
  | (OfStage & { readonly type: 'stageStarted' })
  | (OfStage & { readonly type: 'stageSkipped'; readonly reason: string })
  | (OfAction & { readonly type: 'actionStarted' })
  | (OfAction & { readonly type: 'actionOutput'; readonly line: string })
  | (OfAction & { readonly type: 'actionSucceeded'; readonly seconds: number; readonly summary?: string })
  | (OfAction & {
      readonly type: 'actionFailed';
      readonly seconds: number;
      readonly code: string;
      readonly message: string;
    })
  | (OfStage & { readonly type: 'stageSucceeded'; readonly seconds: number })
  | (OfStage & { readonly type: 'stageFailed'; readonly seconds: number; readonly message: string })
  | (OfStage & { readonly type: 'stageRetried'; readonly mode: string })
  | (OfRun & { readonly type: 'pipelineSucceeded'; readonly seconds: number })
  | (OfRun & {
      readonly type: 'pipelineFailed';
      readonly seconds: number;
      readonly status: 'Failed' | 'Stopped' | 'Superseded';
      readonly stage?: string;
      readonly action?: string;
      readonly code?: string;
      readonly message: string;
    });

export type ProgressListener = (event: PipelineProgress) => void;
