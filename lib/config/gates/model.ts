import { z } from 'zod';

export const METRICS = [
  'roc_auc',
  'accuracy',
  'log_loss',
  'brier',
  'precision',
  'recall',
  'f1',
  'mae',
  'rmse',
  'r2',
] as const;
export type MetricName = (typeof METRICS)[number];

/** Metrics of a number; all others judge probabilities. */
const OF_NUMBERS: readonly string[] = ['mae', 'rmse', 'r2'] satisfies MetricName[];

/** What a task can be measured with. */
export const metricsOf = (task: 'binary' | 'regression'): readonly MetricName[] =>
  METRICS.filter((name) => OF_NUMBERS.includes(name) === (task === 'regression'));

const confidence = z.number().gt(0.5).lt(1).default(0.95);

/** Bounds for one metric. `decide` says what must lie inside: the estimate, or the whole confidence interval. */
const bounds = z
  .strictObject({
    min: z.number().optional(),
    max: z.number().optional(),
    decide: z.enum(['point', 'interval']).default('point'),
    confidence,
  })
  .refine((b) => b.min !== undefined || b.max !== undefined, 'needs min or max');

const metricBounds = z.partialRecord(z.enum(METRICS), bounds);

const slice = z.strictObject({
  /** Every value of this column of the holdout is a slice. */
  column: z.string().min(1),
  /** Slices with fewer rows are listed as inconclusive but do not fail the gate on their own. */
  minRows: z.number().int().min(1).default(100),
  metrics: metricBounds,
});

const promotion = z.strictObject({
  /** Absent: roc_auc for a binary task, r2 for regression. */
  metric: z.enum(METRICS).optional(),
  /** `superior`: better by more than `margin`; `non-inferior`: not worse by more than `margin`. */
  rule: z.enum(['superior', 'non-inferior']).default('non-inferior'),
  margin: z.number().min(0).default(0.01),
  confidence,
});

export const modelSchema = z.strictObject({
  /** Score at or above which a row counts as predicted positive (binary). */
  threshold: z.number().min(0).max(1).default(0.5),
  metrics: metricBounds.refine((m) => Object.keys(m).length > 0, 'needs at least one metric'),
  slices: z.array(slice).default([]),
  promotion: promotion.prefault({}),
});

export type ModelGateConfig = z.output<typeof modelSchema>;
export type MetricBounds = z.output<typeof bounds>;
export type SliceConfig = z.output<typeof slice>;
export type PromotionConfig = z.output<typeof promotion>;
