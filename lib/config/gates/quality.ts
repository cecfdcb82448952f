import * as z from 'zod';
import { metricBounds } from './model-bounds';

/** Captured requests and their answers are kept for so long. */
const CAPTURES_KEPT_DAYS = 90;

/**
 * What labels that come later must show of the release that serves. The slices are those of `model.slices`, with their
 * own bounds.
 */
export const qualitySchema = z.strictObject({
  /**
   * As `model.metrics`. `decide` says what it takes to meet a bound; that it is missed always has to be proved, whatever the
   * number of checks. Absent: `model.metrics`.
   */
  metrics: metricBounds.optional(),
  /** Predictions with a label that a verdict needs; slices have a `minRows` of their own. */
  minRows: z.number().int().min(20).default(200),
  /** Share of the predictions of the last `labelDelayDays` that must have a label. Few labels are seldom a fair sample. */
  minCoverage: z.number().min(0).max(1).default(0.1),
  /** How long labels may take to come; predictions older than this are not joined any more. */
  labelDelayDays: z.number().int().min(1).max(CAPTURES_KEPT_DAYS).default(30),
  /** Predictions are judged whose label came in the last so many days. */
  windowDays: z.number().int().min(1).max(365).default(30),
  /** Probability that a release which just meets every bound ever counts as degraded, over all its checks and bounds. */
  falseAlarm: z.number().gt(0).max(0.2).default(0.05),
  /** Checks in a row that must prove it before a run is asked for. */
  consecutive: z.number().int().min(1).max(10).default(2),
});
