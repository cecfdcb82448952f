import type { Interval } from './interval';
import { twoSidedQuantile } from './normal';

/**
 * Wilson's score interval for a proportion: the p for which |p̂ − p| ≤ z·√(p(1−p)/n), that is
 * (p̂ + z²/2n ± z·√(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n). Sensible at 0 and 1, where p̂ ± z·se has no width.
 *
 * Source: E. B. Wilson, JASA 22 (1927), pp. 209–212; recommended by L. D. Brown, T. T. Cai and A. DasGupta,
 * "Interval estimation for a binomial proportion", Statistical Science 16 (2001), pp. 101–133.
 *
 * @throws RangeError unless 0 ≤ successes ≤ n and n ≥ 1
 */
export function wilsonInterval(successes: number, n: number, confidence: number): Interval {
  if (!(n >= 1 && successes >= 0 && successes <= n)) {
    throw new RangeError(`a proportion needs 0 ≤ successes ≤ n and n ≥ 1; got ${successes} of ${n}`);
  }
  const z = twoSidedQuantile(confidence);
  const share = successes / n;
  const centre = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  // At the ends the bound is exactly 0 or 1; rounding must not leave it beside.
  const low = successes === 0 ? 0 : (centre - half) / scale;
  const high = successes === n ? 1 : (centre + half) / scale;
  return [low, high];
}
