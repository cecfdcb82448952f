import * as z from 'zod';
import type { DriftConfig, StatisticName, Threshold } from '../../core/drift/config';
import { didYouMean } from '../../core/nearest';

/** Bounds of one statistic. */
export const threshold = z
  .strictObject({
    /** Above this, and not by chance, a column has drifted. */
    fail: z.number().positive(),
    /** Above this the report says that the column is worth a look. */
    warn: z.number().positive().optional(),
  })
  .refine(({ fail, warn }) => warn === undefined || warn < fail, { path: ['warn'], message: 'is less than fail' });

/** One entry for each statistic; those without bounds are shown and decide nothing. */
const statistics = {
  psi: threshold.optional(),
  ks: threshold.optional(),
  jensen_shannon: threshold.optional(),
  /** In standard deviations of the reference. */
  wasserstein: threshold.optional(),
  l_infinity: threshold.optional(),
  /** For Cramér's V: χ² itself grows with the rows. */
  chi_squared: threshold.optional(),
} satisfies Record<StatisticName, z.ZodType<Threshold | undefined>>;

/** What the drift gate compares, and what it takes for drift. */
export const driftSchema = z
  .strictObject({
    /** File of the dataset whose distributions are the measure. */
    reference: z.enum(['train', 'holdout']).default('train'),
    /** File of the dataset that is compared with it. */
    current: z.enum(['train', 'holdout']).default('holdout'),
    /** Columns to compare. Absent: all but the key. */
    columns: z.array(z.string().min(1)).min(1).optional(),
    /** Bins of a column of numbers, between quantiles of the reference. */
    bins: z.number().int().min(2).max(100).default(10),
    /** Rows that each file must have. */
    minRows: z.number().int().min(1).default(100),
    /** 1 − the probability of calling any column drifted by chance (Holm over the columns). */
    confidence: z.number().gt(0.5).lt(1).default(0.95),
    thresholds: z.strictObject({ ...statistics, psi: threshold.default({ fail: 0.2, warn: 0.1 }) }).prefault({}),
    /** Bounds of single columns, in place of those above. */
    overrides: z.record(z.string(), z.strictObject(statistics)).default({}),
    /** Of the simulated null distributions. */
    seed: z.number().int().min(0).max(4_294_967_295).default(20_061_103),
  })
  .refine(({ reference, current }) => reference !== current, {
    path: ['current'],
    error: () => 'is another file than reference',
  });

export type DriftGateConfig = z.output<typeof driftSchema> & DriftConfig;

/** What the drift gate does where nothing is declared. */
export const driftDefaults = (): DriftGateConfig => driftSchema.parse({});

interface Declared {
  readonly dataset: { readonly columns: Readonly<Record<string, string>> };
  readonly drift?: DriftGateConfig | undefined;
}

/** Columns that the drift gate names are those of the dataset. */
export function driftFitsDataset({ dataset, drift }: Declared, context: z.RefinementCtx): void {
  if (drift === undefined) return;
  const known = Object.keys(dataset.columns);
  const named = [
    ...(drift.columns ?? []).map((name, i) => [name, ['drift', 'columns', i]] as const),
    ...Object.keys(drift.overrides).map((name) => [name, ['drift', 'overrides', name]] as const),
  ];
  for (const [name, path] of named) {
    if (known.includes(name)) continue;
    const message = `names no column of dataset.columns${didYouMean(name, known)}, which has ${known.join(', ')}`;
    context.addIssue({ code: 'custom', path: [...path], message });
  }
}
