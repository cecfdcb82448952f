import type { DecidedEvent as Decided, RetrainingEvent } from '../retraining/contract';

/** Environment of the notify handler, set by the construct. */
export const NOTIFY_ENV = {
  application: 'APPLICATION',
  artifactBucket: 'ARTIFACT_BUCKET',
  topicArn: 'TOPIC_ARN',
  /** Topic of the chat channels; absent where there are none. */
  chatTopicArn: 'CHAT_TOPIC_ARN',
  /** The retraining table, where told notices are written down. */
  table: 'TABLE',
} as const;

/** Items of the retraining table that notices own. */
export const NOTICE_PREFIX = 'notice#';

/** Key of a notice in the retraining table. */
export const noticeKey = (id: string): string => `${NOTICE_PREFIX}${id}`;

/** Every event of EventBridge, as far as notices need it. */
interface BusEvent<Type extends string, Detail> {
  readonly id: string;
  readonly 'detail-type': Type;
  readonly region: string;
  /** ISO 8601. */
  readonly time: string;
  readonly detail: Detail;
}

/** Detail types of EventBridge that become notices. */
export const STAGE_EVENT = 'CodePipeline Stage Execution State Change';
export const PIPELINE_EVENT = 'CodePipeline Pipeline Execution State Change';

/** The event as the rules deliver it: a failed stage or a finished run. */
export type PipelineEvent = BusEvent<
  typeof STAGE_EVENT | typeof PIPELINE_EVENT,
  {
    readonly pipeline: string;
    readonly 'execution-id': string;
    /** Stage events only. */
    readonly stage?: string;
    readonly state: string;
  }
>;

/** Detail type of EventBridge that tells how an execution of the Rollback machine ended. */
export const EXECUTION_EVENT = 'Step Functions Execution Status Change';

/** The event as the rule delivers it: an execution has ended. */
export type ExecutionEvent = BusEvent<
  typeof EXECUTION_EVENT,
  {
    readonly executionArn: string;
    readonly name: string;
    readonly status: string;
    /** JSON; null unless it succeeded. */
    readonly output?: string | null;
    readonly error?: string | null;
    readonly cause?: string | null;
  }
>;

/** What a monitor found. */
export type FindingEvent = BusEvent<'Assay Drift Detected' | 'Assay Degradation Detected', RetrainingEvent>;

/** What became of requests for a run. */
export type DecidedEvent = BusEvent<'Assay Retraining Decided', Decided>;

/** Detail type of EventBridge that tells of an alarm's new state. */
export const ALARM_EVENT = 'CloudWatch Alarm State Change';

/** The event as the rule delivers it: an alarm is on. */
export type AlarmEvent = BusEvent<
  typeof ALARM_EVENT,
  {
    readonly alarmName: string;
    readonly state: { readonly value: string; readonly reason?: string; readonly timestamp?: string };
    readonly configuration?: { readonly description?: string };
  }
>;

export type NoticedEvent = PipelineEvent | ExecutionEvent | FindingEvent | DecidedEvent | AlarmEvent;
