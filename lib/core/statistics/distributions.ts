import { betaQuantile, binomialDensity, incompleteBeta } from './beta';
import { incompleteGamma } from './gamma';
import type { Interval } from './interval';

/** P(X > x) for χ² with `degrees` of freedom (M. Abramowitz and I. A. Stegun 1964, 26.4.19). */
export const chiSquareUpperTail = (x: number, degrees: number): number =>
  x <= 0 ? 1 : incompleteGamma(degrees / 2, x / 2).upper;

/** P(X = k) for X ~ Bin(n, p). */
export const binomialProbability = (k: number, n: number, p: number): number => binomialDensity(k, n, p, 1 - p);

/** P(X ≤ k) for X ~ Bin(n, p): I_{1−p}(n − k, k + 1) (Abramowitz and Stegun 1964, 26.5.24). */
export function binomialCdf(k: number, n: number, p: number): number {
  const whole = Math.floor(k);
  if (whole < 0) return 0;
  return whole >= n ? 1 : incompleteBeta(p, whole + 1, n - whole).upper;
}

/** P(X ≥ k) for X ~ Bin(n, p). */
export function binomialTail(k: number, n: number, p: number): number {
  const whole = Math.ceil(k);
  if (whole <= 0) return 1;
  return whole > n ? 0 : incompleteBeta(p, whole, n - whole + 1).lower;
}

/** Smallest k with P(X ≤ k) ≥ probability, for X ~ Bin(n, p). */
export function binomialQuantile(probability: number, n: number, p: number): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(middle, n, p) >= probability) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Exact interval of a proportion, never short of its confidence: beta quantiles.
 *
 * Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), pp. 404–413.
 *
 * @throws RangeError unless 0 ≤ successes ≤ n and n ≥ 1
 */
export function clopperPearsonInterval(successes: number, n: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  const low = clopperPearsonLowerBound(successes, n, 1 - tail);
  const high = successes === n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes);
  return [low, high];
}

/**
 * One-sided exact lower bound of a proportion: the p at which P(X ≥ successes) = 1 − confidence; 0 without a success.
 *
 * Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), pp. 404–413.
 *
 * @throws RangeError unless 0 ≤ successes ≤ n and n ≥ 1
 */
export function clopperPearsonLowerBound(successes: number, n: number, confidence: number): number {
  if (!(n >= 1 && successes >= 0 && successes <= n)) {
    throw new RangeError(`a proportion needs 0 ≤ successes ≤ n and n ≥ 1; got ${successes} of ${n}`);
  }
  return successes === 0 ? 0 : betaQuantile(1 - confidence, successes, n - successes + 1);
}
