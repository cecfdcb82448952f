import type { Trigger } from '../retraining/trigger';
import type { CallerSummary } from '../rollout/callers';
import type { MeasuredRollback } from '../rollout/measured-rollback';
import type { Verdict } from '../verdict';
import type { DriftPoint } from './pictures/drift-series';
import type { Evidence, Report } from './report';

/** Everything that one page about a pipeline run tells. Times are ISO 8601 in UTC. */
export interface RunSummary {
  readonly application: string;
  /** Pipeline execution id. */
  readonly runId: string;
  readonly commit: string;
  readonly outcome: 'succeeded' | 'failed' | 'stopped';
  /** One sentence: why the run ended as it did. */
  readonly reason: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Why it was started. */
  readonly trigger: Trigger;
  readonly stages: readonly RunStage[];
  readonly reports: readonly RunReport[];
  readonly endpoint?: RunEndpoint;
  /** One request to the live endpoint and its answer, as text. */
  readonly sample?: { readonly request: string; readonly response: string };
  /** `rollout.json` of the run fits as it is. */
  readonly rollout?: RunRollout;
  /** What the callers of production saw meanwhile. */
  readonly callers?: CallerSummary;
  /** What the drift monitor found in production so far. */
  readonly traffic?: RunTraffic;
  /** How long the rollback took from the first evidence that sufficed. */
  readonly measuredRollback?: MeasuredRollback;
}

/** Checks of production's traffic, oldest first. */
export interface RunTraffic {
  readonly points: readonly DriftPoint[];
  /** Population stability index that counts as drift, where sample size does not explain it. */
  readonly threshold: number;
}

export interface RunStep {
  readonly name: string;
  /** CodePipeline's word: Succeeded, Failed, InProgress, Stopped, Cancelled, Abandoned …; anything else is shown as it is. */
  readonly status: string;
  /** Absent if it never started. */
  readonly seconds?: number;
}

export interface RunStage extends RunStep {
  readonly reason?: string;
  readonly actions: readonly RunAction[];
}

export interface RunAction extends RunStep {
  readonly summary?: string;
}

/** A report with the name that tells two of the same gate apart, e.g. `serving-staging`. */
export interface RunReport extends Report {
  /** @default the gate's name */
  readonly name?: string;
}

export interface RunEndpoint {
  readonly name: string;
  readonly variants: readonly {
    readonly name: string;
    /** Share of the traffic: relative to the sum of all weights. */
    readonly weight: number;
    readonly modelPackageArn?: string;
  }[];
}

export interface RunRollout {
  readonly outcome: 'promoted' | 'rolled-back' | 'unchanged';
  readonly reason: string;
  readonly live: string;
  readonly previous?: string;
  readonly rollbackSeconds?: number;
  readonly steps: readonly RunRolloutStep[];
}

export interface RunRolloutStep {
  /** Percent of the traffic on the new release. */
  readonly weight: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence?: Evidence;
}
