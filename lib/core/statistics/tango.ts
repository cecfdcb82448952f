import type { Interval } from './interval';
import type { Discordant } from './mcnemar';
import { twoSidedQuantile } from './normal';
import { boundary } from './solve';

export interface PairedProportions extends Discordant {
  /** All rows, also those on which both agree. */
  readonly n: number;
}

/**
 * Tango's score statistic of the hypothesis that the proportions differ by Δ:
 * z = (b − c − nΔ)/√(n(2q̂ + Δ(1 − Δ))), q̂ the probability of `onlySecond` most likely under Δ: with A = 2n,
 * B = −b − c + (2n − b + c)Δ and C = −cΔ(1 − Δ), q̂ = (√(B² − 4AC) − B)/(2A).
 *
 * Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample design",
 * Statistics in Medicine 17 (1998), pp. 891–908, equations 17 and 18.
 */
export function tangoStatistic({ onlyFirst: b, onlySecond: c, n }: PairedProportions, difference: number): number {
  const distance = b - c - n * difference;
  const linear = -b - c + (2 * n - b + c) * difference;
  const constant = -c * difference * (1 - difference);
  const root = Math.sqrt(Math.max(0, linear * linear - 8 * n * constant));
  // The form without cancellation, whichever sign the linear term has.
  const q = linear > 0 ? (-2 * constant) / (root + linear) : (root - linear) / (4 * n);
  const variance = n * (2 * q + difference * (1 - difference));
  if (variance <= 0) return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY;
  return distance / Math.sqrt(variance);
}

/**
 * Score interval of p₁ − p₂ on the same rows: every Δ with |z(Δ)| ≤ z. Sensible at no discordant row, where ± z·se has no
 * width. Source: Tango 1998, see `tangoStatistic`.
 *
 * @throws RangeError unless 0 ≤ onlyFirst + onlySecond ≤ n and n ≥ 1
 */
export function tangoInterval(counts: PairedProportions, confidence: number): Interval {
  check(counts);
  const z = twoSidedQuantile(confidence);
  const estimate = (counts.onlyFirst - counts.onlySecond) / counts.n;
  const within = (difference: number): boolean => Math.abs(tangoStatistic(counts, difference)) <= z;
  return [boundary(estimate, -1, within), boundary(estimate, 1, within)];
}

function check({ onlyFirst, onlySecond, n }: PairedProportions): void {
  if (!(n >= 1 && onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= n)) {
    throw new RangeError(`${onlyFirst} and ${onlySecond} discordant rows of ${n}: at most all rows can be`);
  }
}
