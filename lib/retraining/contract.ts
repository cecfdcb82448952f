import type { Trigger } from '../core/retraining/trigger';

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
}

/** Variable of the pipeline that holds the `Trigger` of a run as JSON; `push` when nothing but a push started it. */
export const TRIGGER_VARIABLE = 'Trigger';
export const PUSHED = 'push';

/** Table of the retraining state: its partition key; further attributes are those of each item. */
export const RETRAINING_KEYS = { partition: 'item', expiry: 'expiresAt' } as const;

/** Name of the parameter that tells the command line where this part of the application is. */
export const retrainingParameter = (application: string): string => `/assay/${application}/retraining`;

/** Value of the parameter, as JSON. */
export interface RetrainingLocation {
  readonly pipelineName: string;
  readonly table: string;
  readonly artifactBucket: string;
  readonly goldenBucket: string;
  readonly monitoringBucket: string;
}
