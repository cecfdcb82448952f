/** Environment of the notify handler, set by the construct. */
export const NOTIFY_ENV = {
  application: 'APPLICATION',
  artifactBucket: 'ARTIFACT_BUCKET',
  pipelineName: 'PIPELINE_NAME',
  topicArn: 'TOPIC_ARN',
} as const;

/** Detail types of EventBridge that become notices. */
export const STAGE_EVENT = 'CodePipeline Stage Execution State Change';
export const PIPELINE_EVENT = 'CodePipeline Pipeline Execution State Change';

/** The event as the rules deliver it: a failed stage or a finished run. */
export interface PipelineEvent {
  readonly 'detail-type': string;
  readonly region: string;
  readonly detail: {
    readonly pipeline: string;
    readonly 'execution-id': string;
    /** Stage events only. */
    readonly stage?: string;
    readonly state: string;
  };
}

/** Detail type of EventBridge that tells how an execution of the Rollback machine ended. */
export const EXECUTION_EVENT = 'Step Functions Execution Status Change';

/** The event as the rule delivers it: an execution has ended. */
export interface ExecutionEvent {
  readonly detail: {
    readonly executionArn: string;
    readonly name: string;
    readonly status: string;
    /** JSON; null unless it succeeded. */
    readonly output?: string | null;
    readonly error?: string | null;
    readonly cause?: string | null;
  };
}
