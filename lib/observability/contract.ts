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
