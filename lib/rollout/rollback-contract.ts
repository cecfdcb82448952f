import type { DrillPlan, planDrill } from '../core/rollout/drill';
import type { RollbackMove, RollbackPlan } from '../core/rollout/rollback';
import type { Verdict } from '../core/verdict';
import type { RollbackRecord } from './records';

/** Input of the Rollback machine. Everything may be left out: then the release before comes back. */
export interface RollbackInput {
  /** Version or ARN of the release. @default - the one before */
  readonly to?: string;
  /** Who asks. @default - the execution's name */
  readonly by?: string;
  /** @default 'no reason given' */
  readonly reason?: string;
  /** @default 'manual' */
  readonly kind?: 'manual' | 'rejection';
}

/** Error with which a rollout is stopped when a rollback takes its endpoint. */
export const ROLLED_BACK_BY_HAND = 'RolledBackByHand';

/** Begin of the registry's description of a release that Assay itself rejected; a rejection of our own starts nothing. */
export const OWN_REJECTION = 'rolled back';

export interface RollbackPlanEvent {
  /** Empty for the release before. */
  readonly to: string;
  /** What the first look found: the lock has changed hands before the second. @default - looked up */
  readonly unfinished?: boolean;
}

export interface RollbackPlanResult {
  readonly plan: RollbackPlan;
  readonly unfinished: boolean;
  /** Run that made the release to go back to: its folder holds the golden rows to check it with. */
  readonly runId: string;
  /** One line: why it waits or is refused; empty for a rollback. */
  readonly reason: string;
}

export interface PreemptEvent {
  /** ARN of the rollback's execution. */
  readonly holder: string;
  readonly by: string;
  readonly reason: string;
}

/** Everything the end of a rollback is written from. */
export interface RollbackRecordEvent {
  readonly plan: RollbackMove;
  /** ARN of the execution that has the lock. */
  readonly holder: string;
  /** Name of the rollback's execution. */
  readonly runId: string;
  readonly by: string;
  readonly reason: string;
  readonly kind: RollbackRecord['kind'];
  /** ISO 8601: when it was asked for. */
  readonly askedAt: string;
  /** When the traffic was seen to be back. @default - not yet: the intention is written, which a later rollback goes by */
  readonly verifiedAt?: string;
}

/** What was written down. */
export interface RollbackRecorded {
  readonly from: string;
  readonly to: string;
  readonly seconds?: number;
  readonly temperature: 'warm' | 'cold';
  /** One line. */
  readonly reason: string;
}

/** Output of the Rollback machine. */
export interface RollbackResult extends RollbackRecorded {
  readonly seconds: number;
  /** Of the end-to-end checks of the release that serves now; the traffic is back in any case. */
  readonly verdict: Verdict;
}

/** The plan with its reason in one place: empty for a drill. */
export interface DrillPlanResult {
  readonly plan: ReturnType<typeof planDrill>;
  readonly reason: string;
}

export interface DrillRecordEvent {
  readonly plan: DrillPlan;
  readonly by: string;
  readonly addedFrom: string;
  readonly addedAt: string;
  readonly askedAt: string;
  readonly verifiedAt: string;
}

/** Output of the Drill machine. */
export interface DrillResult {
  readonly model: string;
  /** Seconds from the order until every request was back: what a warm rollback takes. */
  readonly seconds: number;
  /** Seconds until the second variant was in service: what a cold one waits for. */
  readonly instancesSeconds: number;
  readonly reason: string;
}

/** Where the command line finds an environment's parts: a parameter with this name holds a `ServingLocation`. */
export const locationParameter = (application: string, environment: 'staging' | 'production'): string =>
  `/assay/${application}/${environment}`;

export interface ServingLocation {
  readonly endpointName: string;
  readonly tableName: string;
  readonly artifactBucket: string;
  /** ARN of the machine that deploys. */
  readonly deployMachineArn: string;
  /** ARN of Rollback in production, of Drill in staging. */
  readonly rollbackMachineArn: string;
  readonly alarms: readonly string[];
  /** Role of the function that changes the endpoint, whose permissions `assay plan` asks for. */
  readonly changeRoleArn: string;
  /** Role that new models run under, which the function passes on. */
  readonly executionRoleArn: string;
}
