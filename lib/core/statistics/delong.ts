import type { PairedAreas } from './areas';
import type { Interval } from './interval';
import { normalCdf, twoSidedQuantile } from './normal';

export interface PairedAuc {
  /** AUC of the first minus AUC of the second. */
  readonly difference: number;
  /** `null` where no sampling error can be estimated. */
  readonly interval: Interval | null;
  /** Two-sided, of the hypothesis that the areas are equal. */
  readonly pValue: number | null;
}

/**
 * Compares two areas on the same rows: d ± z·se(d) with var(d) = var a + var b − 2 cov(a, b), and z = d/se(d) (DeLong 1988).
 * Two models that rank every row alike differ by 0 for certain: interval [0, 0], p = 1. No variance beside a difference
 * (one perfect, the other perfectly wrong) cannot be judged this way: `null`.
 */
export function compareAreas({ challenger, champion, covariance }: PairedAreas, confidence: number): PairedAuc {
  const difference = challenger.auc - champion.auc;
  const variance = challenger.variance + champion.variance - 2 * covariance;
  // Rounding leaves a variance of nothing at about ±1e-18.
  const error = Math.sqrt(Math.max(0, variance));
  if (Number.isNaN(error)) return { difference, interval: null, pValue: null };
  if (error < 1e-9) {
    const same = Math.abs(difference) < 1e-9;
    return { difference, interval: same ? [difference, difference] : null, pValue: same ? 1 : null };
  }
  const reach = twoSidedQuantile(confidence) * error;
  return {
    difference,
    interval: [difference - reach, difference + reach],
    pValue: 2 * normalCdf(-Math.abs(difference) / error),
  };
}
