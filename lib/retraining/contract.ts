import type { RetrainingDecision, RetrainingPolicy } from '../core/retraining/state';
import type { Trigger } from '../core/retraining/trigger';

export { PUSHED } from '../core/retraining/trigger-text';

/** Events of this app on the default bus. Every one of them has a detail of type `RetrainingEvent`. */
export const ASSAY_EVENTS = {
  source: 'assay',
  /** A webhook or a person asks for a run. */
  requested: 'Assay Retraining Requested',
  /** Captured traffic no longer looks like the data that the release was trained on. */
  drift: 'Assay Drift Detected',
  /** Labels that came later say that the release is below its floor. */
  degradation: 'Assay Degradation Detected',
  /** What became of a request: a run was started, it waits, or it was refused. For notices; starts nothing. */
  decided: 'Assay Retraining Decided',
} as const;

/** Detail of every event that asks for a run; what a monitor found out beyond it stands beside these members. */
export interface RetrainingEvent extends Trigger {
  readonly application: string;
  /** Of a `manual` one: cool-down and daily limit do not hold it back. */
  readonly force?: boolean;
}

/** Detail of `decided`. */
export interface DecidedEvent extends RetrainingDecision {
  readonly application: string;
  /** Equal for repetitions of one decision. */
  readonly id: string;
}

/** Variable of the pipeline that holds the trigger of a run as `triggerText` writes it; `PUSHED` by default. */
export const TRIGGER_VARIABLE = 'Trigger';

/** Environment of the function that starts runs, set by the construct. */
export const RETRAINING_ENV = {
  application: 'APPLICATION',
  table: 'RETRAINING_TABLE',
  pipelineName: 'PIPELINE_NAME',
  /** `RetrainingPolicy` as JSON. */
  policy: 'RETRAINING_POLICY',
} as const;

/** What the schedules send to the function; `time` is when it was due. */
export interface ScheduledEvent {
  readonly kind: 'schedule' | 'tick';
  /** ISO 8601. */
  readonly time: string;
  /** Of a `schedule`, for the reason: expression and time zone. */
  readonly schedule?: string;
}

/** Table of the retraining state: its partition key; further attributes are those of each item. */
export const RETRAINING_KEYS = { partition: 'item', expiry: 'expiresAt' } as const;

/** Items of the table that the triggers own. */
export const TRIGGER_ITEMS = { state: 'state', keys: 'trigger#' } as const;

/** Item of a key: what was asked with it, and what was decided first. */
export interface KeyItem extends Pick<Trigger, 'kind' | 'reason' | 'at'> {
  /** Absent where a run was decided on at once, or the request was merged into another. */
  readonly decision?: Pick<RetrainingDecision, 'decision' | 'reason' | 'until'>;
}

/** Name of the parameter that tells the command line where this part of the application is. */
export const retrainingParameter = (application: string): string => `/assay/${application}/retraining`;

/** Value of the parameter, as JSON. */
export interface RetrainingLocation {
  readonly pipelineName: string;
  readonly table: string;
  readonly policy: RetrainingPolicy;
  readonly artifactBucket: string;
  readonly goldenBucket: string;
  readonly monitoringBucket: string;
}
