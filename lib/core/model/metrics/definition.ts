/** What a model predicts: one of two classes, one of several, or a number. */
export type Task = 'binary' | 'multiclass' | 'regression';

/** Names as scikit-learn's scorers have them, without `neg_` and `_score`. */
export const METRIC_NAMES = [
  'roc_auc',
  'pr_auc',
  'accuracy',
  'balanced_accuracy',
  'precision',
  'recall',
  'f1',
  'mcc',
  'cohen_kappa',
  'log_loss',
  'brier',
  'ece',
  'ks',
  'lift',
  'precision_macro',
  'precision_weighted',
  'precision_micro',
  'recall_macro',
  'recall_weighted',
  'recall_micro',
  'f1_macro',
  'f1_weighted',
  'f1_micro',
  'roc_auc_ovr',
  'roc_auc_ovr_weighted',
  'mae',
  'rmse',
  'r2',
  'mape',
  'pinball',
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/** How the values of several classes become one: their mean, their mean by rows of the class, or one count over all. */
export type Average = 'macro' | 'weighted' | 'micro';

/** Bins of equal width on [0, 1], or of (as nearly as ties allow) equal weight. */
export type Binning = 'equal-width' | 'equal-mass';

/** Settings of metrics; each metric reads those that its definition lists. */
export interface MetricParameters {
  /** Score at or above which a row counts as predicted positive; binary tasks only. @default 0.5 */
  readonly threshold?: number | undefined;
  /** Share of the rows with the highest scores that `lift` looks at, in (0, 1]. @default 0.1 */
  readonly share?: number | undefined;
  /** Quantile that `pinball` judges, in (0, 1). @default 0.5 */
  readonly quantile?: number | undefined;
  /** Number of bins of `ece`. @default 10 */
  readonly bins?: number | undefined;
  /** How `ece` makes its bins. @default equal-width */
  readonly binning?: Binning | undefined;
  /** Of `precision`, `recall`, `f1` and `roc_auc` of several classes (`roc_auc`: not micro). @default macro */
  readonly average?: Average | undefined;
}

export type ParameterName = keyof MetricParameters;

export type CompleteParameters = { readonly [name in ParameterName]-?: NonNullable<MetricParameters[name]> };

export const DEFAULT_PARAMETERS: CompleteParameters = {
  threshold: 0.5,
  share: 0.1,
  quantile: 0.5,
  bins: 10,
  binning: 'equal-width',
  average: 'macro',
};

/** One metric as a person reads about it; the catalogue in the documentation is made of these. */
export interface MetricDefinition {
  readonly name: MetricName;
  /** As a sentence names it: `ROC AUC`. */
  readonly title: string;
  readonly tasks: readonly Task[];
  readonly better: 'higher' | 'lower';
  readonly range: readonly [low: number, high: number];
  readonly summary: string;
  readonly formula: string;
  readonly source: string;
  /** Where it has no value, and what scikit-learn does there. */
  readonly undefinedWhen: string;
  /** Interval of independent, equally weighted rows; weights and clusters ask for the bootstrap. */
  readonly interval: 'delong' | 'wilson' | 'bootstrap';
  readonly parameters: readonly ParameterName[];
  /** Setting that the name itself fixes: `f1_micro` is `f1` with `average: micro`. */
  readonly fixed?: { readonly metric: MetricName; readonly average: Average };
}

/** A value, or why there is none; never NaN. */
export type Measured = { readonly value: number } | Undefined;

export interface Undefined {
  /** Continues a sentence: `ROC AUC cannot be computed: every row is positive`. */
  readonly undefined: string;
}

export const isUndefined = (measured: object): measured is Undefined => 'undefined' in measured;
