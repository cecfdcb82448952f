/** What the model gate needs of `gates.yaml`; the validated configuration of a workload fits as it is. */
export type MetricName =
  | 'roc_auc'
  | 'accuracy'
  | 'log_loss'
  | 'brier'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'mae'
  | 'rmse'
  | 'r2';

export type Task = 'binary' | 'regression';

export interface MetricBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** What must lie inside the bounds: the estimate, or its whole confidence interval. */
  readonly decide: 'point' | 'interval';
  readonly confidence: number;
}

export type BoundsByMetric = { readonly [name in MetricName]?: MetricBounds | undefined };

export interface SliceConfig {
  readonly column: string;
  /** Slices with fewer rows are listed and not judged. */
  readonly minRows: number;
  readonly metrics: BoundsByMetric;
}

export interface PromotionConfig {
  /** @default roc_auc for a binary task, r2 for regression */
  readonly metric?: MetricName | undefined;
  /** `superior`: better by more than `margin`; `non-inferior`: not worse by more than `margin`. */
  readonly rule: 'superior' | 'non-inferior';
  readonly margin: number;
  readonly confidence: number;
}

export const DEFAULT_PROMOTION_METRIC: Readonly<Record<Task, MetricName>> = { binary: 'roc_auc', regression: 'r2' };

export interface ModelGateConfig {
  /** Score at or above which a row counts as predicted positive (binary). */
  readonly threshold: number;
  readonly metrics: BoundsByMetric;
  readonly slices: readonly SliceConfig[];
  readonly promotion: PromotionConfig;
}
