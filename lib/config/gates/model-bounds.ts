import * as z from 'zod';
import { METRIC_NAMES } from '../../core/model/metrics/definition';

export const confidence = z.number().gt(0.5).lt(1).default(0.95);

/** `interval` was the first name of `lower-bound`. */
const asLowerBound = <T extends string>(word: T): Exclude<T, 'interval'> =>
  (word === 'interval' ? 'lower-bound' : word) as Exclude<T, 'interval'>;

/** What must lie inside the bounds: the estimate, or the unfavourable end of the confidence interval. */
export const decide = z.enum(['point', 'lower-bound', 'interval']).transform(asLowerBound).default('point');

const interval = z.enum(['auto', 'delong', 'wilson', 'percentile', 'bca', 'delta']).optional();

const bounds = z
  .strictObject({ min: z.number().optional(), max: z.number().optional(), decide, confidence, interval })
  .refine((b) => b.min !== undefined || b.max !== undefined, 'needs min or max')
  .refine(isOrdered, { path: ['max'], error: 'is at least min' });

/** As for the whole holdout; `maxDrop` holds the slice against the champion's. */
const sliceBounds = z
  .strictObject({
    min: z.number().optional(),
    max: z.number().optional(),
    maxDrop: z.number().min(0).optional(),
    decide: z.enum(['point', 'lower-bound', 'significant', 'interval']).transform(asLowerBound).optional(),
    confidence,
    interval,
  })
  .refine((b) => b.min !== undefined || b.max !== undefined || b.maxDrop !== undefined, 'needs min, max or maxDrop')
  .refine(isOrdered, { path: ['max'], error: 'is at least min' });

function isOrdered({ min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }): boolean {
  return min === undefined || max === undefined || min <= max;
}

export const metricBounds = z.partialRecord(z.enum(METRIC_NAMES), bounds);
export const sliceMetricBounds = z.partialRecord(z.enum(METRIC_NAMES), sliceBounds);
