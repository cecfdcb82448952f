import type { Report } from '../report/report';
import type { RunRolloutStep } from '../report/run';
import type { Carried } from './evidence';
import type { ProbeTally } from './probes';

/** A step that has come to its end. */
export interface RolloutStep extends RunRolloutStep {
  readonly evidence?: NonNullable<Report['checks'][number]['evidence']>;
}

/** Where the canary stands. */
export interface Progress {
  /** Index into the plan's steps. */
  readonly step: number;
  /** Looks of the judge in this step. */
  readonly looks: number;
  readonly startedAt: string;
  readonly history: readonly RolloutStep[];
  /** What the last look left behind. @default - there was none */
  readonly carried?: Carried;
  /** Golden requests so far. @default - none were sent */
  readonly probes?: ProbeTally;
}
