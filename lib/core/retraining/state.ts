import type { Trigger, TriggerKind } from './trigger';

/** When a request may start a run; `triggers` of assay.config.ts. */
export interface RetrainingPolicy {
  /** Hours from the end of the last run that a trigger started until the next. */
  readonly coolDownHours: number;
  /** Runs within 24 hours, pushes counted. */
  readonly maxRunsPerDay: number;
  /** Minutes without another upload before new data starts a run. */
  readonly settleMinutes: number;
}

/** A request for a run, as the policy sees it. */
export interface RetrainingRequest {
  readonly trigger: Trigger;
  /** Cool-down and daily limit do not hold it back. */
  readonly forced?: boolean;
}

/** A request that may not start yet; later ones of its kind can be merged into it. */
export interface WaitingRequest extends RetrainingRequest {
  /** Requests merged into this one. */
  readonly more: number;
  /** When it was taken up, ISO 8601. */
  readonly since: string;
  /** When the last that was merged into it was taken up, ISO 8601. */
  readonly latest: string;
  /** Since when the daily limit has been holding it back without a break, ISO 8601; absent where it does not. */
  readonly limitedSince?: string;
}

export interface RunRecord {
  /** Pipeline execution id. */
  readonly id: string;
  readonly trigger: Trigger;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Absent while it is under way. */
  readonly endedAt?: string;
  /** CodePipeline's word for how it ended: Succeeded, Failed, Stopped, Superseded, Cancelled; `Lost` if it forgot the run. */
  readonly outcome?: string;
}

/** A run that was decided, and is not yet known to have been started. */
export interface StartingRun {
  readonly trigger: Trigger;
  /** When it was decided, ISO 8601. */
  readonly at: string;
}

/** What the policy decides by. At most one of `starting` and the runs that triggers started is under way. */
export interface RetrainingState {
  /** In the order in which they became known. */
  readonly runs: readonly RunRecord[];
  readonly waiting: readonly WaitingRequest[];
  readonly starting?: StartingRun;
  /** End of the last run that a trigger started, ISO 8601. */
  readonly coolDownFrom?: string;
  /** Decisions that the bus is not known to have, oldest first. */
  readonly untold?: readonly RetrainingDecision[];
}

export const NEW_STATE: RetrainingState = { runs: [], waiting: [] };

/** What became of requests. */
export interface RetrainingDecision {
  readonly decision: 'started' | 'waits' | 'refused';
  /** For a run: everything that it answers. */
  readonly trigger: Trigger;
  readonly reason: string;
  /** When a waiting request can start at the earliest, ISO 8601, where that is known. */
  readonly until?: string;
  /** Pipeline execution id of a run that was started. */
  readonly runId?: string;
}

export interface RetrainingStep {
  readonly state: RetrainingState;
  readonly decisions: readonly RetrainingDecision[];
}

/** Whether a trigger started the run, rather than a push. */
export const isTriggered = (kind: TriggerKind): boolean => kind !== 'push';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
