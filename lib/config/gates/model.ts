import * as z from 'zod';
import { DEFAULT_PARAMETERS, METRIC_NAMES } from '../../core/model/metrics/definition';
import { DEFAULT_REPLICATES, DEFAULT_SEED } from '../../core/statistics/bootstrap';
import { confidence, decide, metricBounds, sliceMetricBounds } from './model-bounds';

const column = z.string().min(1);

/** All values of a column, or the rows that a SQL condition over the golden columns chooses. */
const slice = z
  .strictObject({
    column: column.optional(),
    /** A condition in DuckDB's SQL, e.g. `tenure_months < 6`. */
    where: z.string().min(1).optional(),
    /** What reports call it. Needed with `where`. */
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,62}$/u, 'has letters, digits, spaces, "_" and "-", 63 at most')
      .optional(),
    /** Slices with fewer rows are listed as inconclusive but do not fail the gate on their own. */
    minRows: z.number().int().min(1).default(100),
    metrics: sliceMetricBounds.refine((m) => Object.keys(m).length > 0, 'needs at least one metric'),
  })
  .refine((s) => (s.column === undefined) !== (s.where === undefined), 'needs either column or where')
  .refine((s) => s.where === undefined || s.name !== undefined, { path: ['name'], error: 'is needed beside where' });

/** Binary tasks: rates of the predicted class, compared between the groups of a column. */
const fairness = z
  .strictObject({
    column,
    metric: z.enum(['demographic-parity', 'equal-opportunity', 'equalized-odds']),
    /** Absent: the largest group. */
    reference: z.string().optional(),
    minRows: z.number().int().min(1).default(100),
    difference: z.strictObject({ max: z.number().min(0).max(1), decide, confidence }).optional(),
    ratio: z.strictObject({ min: z.number().min(0).max(1), decide, confidence }).optional(),
  })
  .refine((f) => f.difference !== undefined || f.ratio !== undefined, 'needs difference or ratio');

const promotion = z.strictObject({
  /** Absent: roc_auc for a binary task, accuracy for multiclass, r2 for regression. */
  metric: z.enum(METRIC_NAMES).optional(),
  /** `superior`: better by more than `margin`; `non-inferior`: not worse by more than `margin`. The interval decides. */
  rule: z.enum(['superior', 'non-inferior']).default('non-inferior'),
  margin: z.number().min(0).default(0.01),
  /** Beside the rule: the estimate itself is better by at least this. */
  minDelta: z.number().optional(),
  /** `relative`: margin and minDelta are shares of the champion's value. */
  scale: z.enum(['absolute', 'relative']).default('absolute'),
  /** Absent: delong for roc_auc, tango for accuracy, bootstrap for others and for relative changes. */
  test: z.enum(['delong', 'bootstrap', 'bca', 'mcnemar', 'tango']).optional(),
  confidence,
});

const leakage = z.strictObject({
  /** A single feature that separates the label better than this is told. */
  maxAuc: z.number().gt(0.5).max(1).default(0.98),
  verdict: z.enum(['inconclusive', 'fail', 'off']).default('inconclusive'),
  /** Features that may. */
  ignore: z.array(column).default([]),
});

const sanity = z.strictObject({
  probability: z.boolean().default(true),
  varies: z.boolean().default(true),
  /** Largest difference between two answers to one row. */
  tolerance: z.number().min(0).default(0),
  /** Whether there must be rows that were answered twice. */
  repeated: z.enum(['when-present', 'required']).default('when-present'),
  leakage: leakage.prefault({}),
});

const holdout = z.strictObject({
  /** Different sets of predictions that may be judged on one version of the golden data. Absent: unlimited. */
  budget: z.number().int().min(1).optional(),
  /** The verdict beyond the budget; the report says it in any case. */
  exceeded: z.enum(['inconclusive', 'fail', 'pass']).default('inconclusive'),
});

const parameters = z.strictObject({
  /** lift: share of the rows with the highest scores. */
  share: z.number().gt(0).max(1).default(DEFAULT_PARAMETERS.share),
  /** ece: number of bins. */
  bins: z.number().int().min(2).max(1000).default(DEFAULT_PARAMETERS.bins),
  /** ece: bins of equal width, or of equally many rows. */
  binning: z.enum(['equal-width', 'equal-mass']).default(DEFAULT_PARAMETERS.binning),
  /** pinball: the quantile that the model predicts. */
  quantile: z.number().gt(0).lt(1).default(DEFAULT_PARAMETERS.quantile),
  /** precision, recall, f1 and roc_auc of several classes. */
  average: z.enum(['macro', 'weighted', 'micro']).default(DEFAULT_PARAMETERS.average),
});

export const modelSchema = z.strictObject({
  /** Score at or above which a row counts as predicted positive (binary). */
  threshold: z.number().min(0).max(1).default(0.5),
  parameters: parameters.prefault({}),
  /** Column of the golden data with weights, 0 or more. Absent: every row counts once. */
  weights: column.optional(),
  /** Column whose rows of one value depend on each other and are resampled together, e.g. a customer's months. */
  clusters: column.optional(),
  /** Of the bootstrap: the same predictions give the same intervals. */
  seed: z.number().int().min(0).max(4_294_967_295).default(DEFAULT_SEED),
  replicates: z.number().int().min(100).max(100_000).default(DEFAULT_REPLICATES),
  metrics: metricBounds.refine((m) => Object.keys(m).length > 0, 'needs at least one metric'),
  slices: z.array(slice).default([]),
  fairness: z.array(fairness).default([]),
  promotion: promotion.prefault({}),
  holdout: holdout.prefault({}),
  sanity: sanity.prefault({}),
});

export type ModelConfig = z.output<typeof modelSchema>;

/** What a model is judged by where nothing is said. */
export const modelDefaults: Omit<ModelConfig, 'metrics'> = modelSchema.omit({ metrics: true }).parse({});
