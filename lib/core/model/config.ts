import type { CompleteParameters } from './metrics/definition';
import type { IntervalChoice, MetricName, Task } from './metrics/index';

export type { IntervalChoice, MetricName, Task };

/**
 * What the model gate needs of `gates.yaml`; the validated configuration of a workload fits as it is. All confidences are
 * of two-sided intervals: a rule decided by one end of a 95 % interval is a one-sided test at 2.5 %.
 */
export interface ModelGateConfig {
  /** Score at or above which a row counts as predicted positive (binary). */
  readonly threshold: number;
  /** Of the metrics that have some. */
  readonly parameters: Omit<CompleteParameters, 'threshold'>;
  /** Resampling: the same evidence gives the same interval. */
  readonly seed: number;
  readonly replicates: number;
  readonly metrics: BoundsByMetric;
  readonly slices: readonly SliceConfig[];
  readonly fairness: readonly FairnessConfig[];
  readonly promotion: PromotionConfig;
  readonly holdout: HoldoutConfig;
  readonly sanity: SanityConfig;
}

/**
 * What must lie inside the bounds: the estimate, or the unfavourable end of its confidence interval (of both ends, where both
 * are bounded).
 */
export type Decide = 'point' | 'lower-bound';

export interface MetricBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly decide: Decide;
  readonly confidence: number;
  /** How the interval is made. @default auto */
  readonly interval?: IntervalChoice | undefined;
}

export type BoundsByMetric = { readonly [name in MetricName]?: MetricBounds | undefined };

export interface SliceBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** The slice may be worse than the champion's by no more than this, in units of the metric. */
  readonly maxDrop?: number | undefined;
  /**
   * `point`: the estimate decides. `lower-bound`: every slice must be shown to hold, at a confidence that Holm's procedure
   * keeps over all slice tests. `significant`: a breach counts once it is more than chance, Holm-corrected likewise.
   *
   * @default point for min and max, significant for maxDrop
   */
  readonly decide?: Decide | 'significant' | undefined;
  readonly confidence: number;
  readonly interval?: IntervalChoice | undefined;
}

export interface SliceConfig {
  /** Every value of this column is a slice. */
  readonly column?: string | undefined;
  /** The rows for which this SQL condition over the golden columns holds are the slice `name`. */
  readonly where?: string | undefined;
  readonly name?: string | undefined;
  /** Slices with fewer rows are listed and not judged. */
  readonly minRows: number;
  readonly metrics: { readonly [name in MetricName]?: SliceBounds | undefined };
}

/** What a slice is called in ids and sentences. */
export const sliceName = ({ name, column, where }: SliceConfig): string => name ?? column ?? where ?? '';

export type FairnessMetric = 'demographic-parity' | 'equal-opportunity' | 'equalized-odds';

export interface FairnessBound {
  readonly decide: Decide;
  readonly confidence: number;
}

export interface FairnessConfig {
  readonly column: string;
  readonly metric: FairnessMetric;
  /** The group that others are compared with. @default the largest */
  readonly reference?: string | undefined;
  /** Groups with fewer rows, or fewer rows that a rate is a share of, are listed and not judged. */
  readonly minRows: number;
  /** Largest difference of a rate from the reference's. */
  readonly difference?: (FairnessBound & { readonly max: number }) | undefined;
  /** Smallest ratio of the lower to the higher of a group's rate and the reference's. */
  readonly ratio?: (FairnessBound & { readonly min: number }) | undefined;
}

export type PromotionTest = 'delong' | 'bootstrap' | 'bca' | 'mcnemar' | 'tango';

export interface PromotionConfig {
  /** @default roc_auc (binary), accuracy (multiclass), r2 (regression) */
  readonly metric?: MetricName | undefined;
  /** `superior`: better by more than `margin`; `non-inferior`: not worse by more than `margin`. The interval decides. */
  readonly rule: 'superior' | 'non-inferior';
  readonly margin: number;
  /** Beside the rule: the estimate must be better by at least this. Negative allows a loss. */
  readonly minDelta?: number | undefined;
  /** `relative`: margin and minDelta are shares of the absolute value of the champion's metric. */
  readonly scale: 'absolute' | 'relative';
  /** @default delong for roc_auc, tango for accuracy, bootstrap for others and for relative changes */
  readonly test?: PromotionTest | undefined;
  readonly confidence: number;
}

export const DEFAULT_PROMOTION_METRIC: Readonly<Record<Task, MetricName>> = {
  binary: 'roc_auc',
  multiclass: 'accuracy',
  regression: 'r2',
};

export interface HoldoutConfig {
  /** How many different sets of predictions may be judged on one holdout. @default unlimited */
  readonly budget?: number | undefined;
  /** The verdict beyond the budget. */
  readonly exceeded: 'inconclusive' | 'fail' | 'pass';
}

export interface LeakageConfig {
  /** A single feature that separates the label with a larger area under the ROC curve (or a smaller one than 1 − it) is told. */
  readonly maxAuc: number;
  readonly verdict: 'inconclusive' | 'fail' | 'off';
  /** Features that may. */
  readonly ignore: readonly string[];
}

export interface SanityConfig {
  /** Binary scores and class probabilities lie in 0 to 1. */
  readonly probability: boolean;
  /** Predictions differ between rows. */
  readonly varies: boolean;
  /** Rows answered twice are answered alike, within this. Whether such rows must be there is `repeated`. */
  readonly tolerance: number;
  readonly repeated: 'when-present' | 'required';
  readonly leakage: LeakageConfig;
}
