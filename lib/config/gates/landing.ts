import * as z from 'zod';

/** How `assay golden split` divides, and how landed rows are divided, where nothing else is said. */
export const SPLIT_DEFAULTS = { holdout: 0.2, seed: 0 } as const;

export const COMBINATIONS = ['append', 'replace'] as const;

/** What becomes of raw CSV files that are put into `landing/<dataset.name>/` of the golden bucket. */
export const landingSchema = z.strictObject({
  /** `append`: landed rows join the current version. `replace`: they take its place, as full extracts do. */
  combine: z.enum(COMBINATIONS).default('append'),
  /** Share of new keys that is held out; that of `assay golden split` when the dataset was made with it. */
  holdout: z.number().gt(0).lt(1).default(SPLIT_DEFAULTS.holdout),
  /** Of the division; that of `assay golden split` when the dataset was made with it. */
  seed: z.number().int().min(0).max(4_294_967_295).default(SPLIT_DEFAULTS.seed),
  /** Rows of train and holdout together; above it the oldest are left out. Absent: all rows stay. */
  maxRows: z.number().int().min(2).optional(),
});

export type LandingConfig = z.output<typeof landingSchema>;
