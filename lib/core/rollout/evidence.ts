import type { Evidence } from '../report/report';
import type { Verdict } from '../verdict';
import type { ProbeTally } from './probes';
import type { Sequence } from './tests';

/**
 * What CloudWatch says that one variant did in one period. A count without a data point is absent: missing, never zero.
 */
export interface IntervalCounts {
  /** ISO 8601, UTC. */
  readonly start: string;
  /** Length of the period. */
  readonly seconds: number;
  readonly requests?: number;
  /** Refused as the caller's fault; compared between the variants, without a ceiling. */
  readonly errors4xx?: number;
  /** Answered with 5XX. The greater of this and `modelErrors` counts: a failed request of the model is in both. */
  readonly errors5xx?: number;
  /** Answered by the container with anything but 2XX, or not at all. */
  readonly modelErrors?: number;
  /** Requests whose model latency was above `maxLatencyMs`. */
  readonly slow?: number;
}

export interface AlarmReading {
  readonly name: string;
  /** The metric that the alarm watches, e.g. `Invocation5XXErrors`; says more to a person than the alarm's name. */
  readonly metric?: string;
  /** CloudWatch's word: OK, ALARM or INSUFFICIENT_DATA; `undefined` when the alarm does not exist. */
  readonly state?: string;
}

export interface VariantEvidence {
  /** Name of the variant. */
  readonly name: string;
  /** Every period since the step began, as CloudWatch has it now. */
  readonly intervals: readonly IntervalCounts[];
  readonly alarms: readonly AlarmReading[];
}

/** One look at a running step. Green is the new release, blue the one that served before, whatever their variants' names. */
export interface Look {
  /** ISO 8601, UTC. */
  readonly now: string;
  /** Number of the step, from 0. */
  readonly step: number;
  /** Traffic share of green in this step, in percent. */
  readonly weight: number;
  /** Looks at this step, this one included. */
  readonly looks: number;
  /** Seconds that this step has baked, by the pipeline's clock. */
  readonly bakedSeconds: number;
  readonly green: VariantEvidence;
  readonly blue: VariantEvidence;
  /** All golden requests of this rollout so far. @default - none were sent */
  readonly probes?: ProbeTally;
  /** What the look before left behind. @default - the first look of the rollout */
  readonly carried?: Carried;
}

/** The rules of `gates.canary` that a step is judged by. Seconds are those of the pipeline; rates and shares lie in [0, 1]. */
export interface BakeRules {
  readonly bakeSeconds: number;
  readonly maxBakeSeconds: number;
  readonly judgeEverySeconds: number;
  readonly minRequests: number;
  readonly maxErrorRate: number;
  readonly maxExcess: number;
  readonly maxLatencyMs: number;
  readonly maxSlowRate: number;
  readonly maxSlowExcess: number;
  readonly maxPredictionShift: number;
  readonly falseRollback: number;
  readonly onInconclusive: 'rollback' | 'promote';
  readonly probes: ProbeRules;
}

/** Golden requests to both variants. */
export interface ProbeRules {
  /** Sent in every step at least. */
  readonly pairs: number;
  /** Sent at one look at most; 0 sends none. */
  readonly maxPerLook: number;
  /** Begun in a second, to each variant, at most. */
  readonly ratePerSecond: number;
  readonly maxInvalidRate: number;
}

/**
 * - `continue`: the bake goes on;
 * - `promote`: the step's evidence suffices for the next step, or for the end after the last one;
 * - `extend`: the bake is over, but the evidence does not suffice, and there is time left;
 * - `rollback`: blue gets every request again.
 */
export type Decision = 'continue' | 'promote' | 'extend' | 'rollback';

export interface Judgement {
  readonly decision: Decision;
  readonly verdict: Verdict;
  /** One line. */
  readonly reason: string;
  readonly evidence: Evidence;
  readonly carried: Carried;
}

/** What one look leaves to the next, as JSON. */
export interface Carried {
  /** The step that it belongs to. */
  readonly step: number;
  /** The tests against green; they go on over all steps. */
  readonly sequence: Sequence;
  /** Pairs of golden requests that would settle what is open. */
  readonly pairsWanted: number;
  /** The step's looks for the chart. */
  readonly series: Series;
}

/** One column a figure, one entry a look, oldest first; `null` where it was not known. */
export interface Series {
  /** Seconds of the bake. */
  readonly seconds: readonly number[];
  /** Requests, failed and slow ones since the step began. */
  readonly requests: Columns;
  readonly errors: Columns;
  readonly slow: Columns;
  /** Evidence against green; the rollout is taken back at 1/falseRollback. */
  readonly eValue: readonly number[];
}

export interface Columns {
  readonly green: readonly (number | null)[];
  readonly blue: readonly (number | null)[];
}
