import type { Interval } from './interval';
import { twoSidedQuantile } from './normal';
import { boundary } from './solve';
import { wilsonInterval } from './wilson';

/** Successes among n rows; either may be fractional, where weights give an effective number. */
export interface Proportion {
  readonly successes: number;
  readonly n: number;
}

/**
 * Newcombe's hybrid score interval of p₁ − p₂ of independent groups: Wilson's intervals (l, u) of each give
 * d − √((p₁ − l₁)² + (u₂ − p₂)²) to d + √((u₁ − p₁)² + (p₂ − l₂)²).
 *
 * Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
 * (1998), pp. 873–890, method 10.
 *
 * @throws RangeError unless 0 ≤ successes ≤ n and n ≥ 1 in both
 */
export function differenceInterval(first: Proportion, second: Proportion, confidence: number): Interval {
  const [p1, p2] = [first.successes / first.n, second.successes / second.n];
  const [low1, high1] = wilsonInterval(first.successes, first.n, confidence);
  const [low2, high2] = wilsonInterval(second.successes, second.n, confidence);
  const difference = p1 - p2;
  return [difference - Math.hypot(p1 - low1, high2 - p2), difference + Math.hypot(high1 - p1, p2 - low2)];
}

/**
 * Koopman's score interval of the ratio p₁/p₂ of independent groups: every ρ with |z(ρ)| ≤ z, where z is the score statistic
 * at the most likely p₂ under p₁ = ρ·p₂. Sensible without successes: [0, …] if the first has none, to ∞ if the second has.
 *
 * Source: P. A. R. Koopman, "Confidence intervals for the ratio of two binomial proportions", Biometrics 40 (1984),
 * pp. 513–517 (its χ² equals z²: O. Miettinen and M. Nurminen, Statistics in Medicine 4 (1985), pp. 213–226, without their n/(n − 1)).
 *
 * @returns `null` if neither group has a success: any ratio fits
 * @throws RangeError unless 0 ≤ successes ≤ n and n ≥ 1 in both
 */
export function ratioInterval(first: Proportion, second: Proportion, confidence: number): Interval | null {
  check(first);
  check(second);
  if (first.successes === 0 && second.successes === 0) return null;
  const z = twoSidedQuantile(confidence);
  const within = (logRatio: number): boolean => Math.abs(ratioStatistic(first, second, Math.exp(logRatio))) <= z;
  const estimate = Math.log(first.successes / first.n) - Math.log(second.successes / second.n);
  const start = Math.max(-FAR, Math.min(FAR, estimate));
  const low = first.successes === 0 ? 0 : Math.exp(boundary(start, -FAR, within));
  const high = second.successes === 0 ? Number.POSITIVE_INFINITY : Math.exp(boundary(start, FAR, within));
  return [low, high];
}

/** No ratio of counts is beyond e^±60. */
const FAR = 60;

/** (p̂₁ − ρ·p̂₂)/√(p̃₁(1 − p̃₁)/n₁ + ρ²·p̃₂(1 − p̃₂)/n₂), tildes at the most likely values under the ratio ρ. */
function ratioStatistic(first: Proportion, second: Proportion, ratio: number): number {
  const { successes: x, n: m } = first;
  const { successes: y, n } = second;
  // (m + n)ρ·p₁² − ((m + y)ρ + x + n)·p₁ + x + y = 0 in units that make p₂ = p₁/ρ.
  const a = (m + n) * ratio;
  const b = (m + y) * ratio + x + n;
  const c = x + y;
  const p2 = (2 * c) / (b + Math.sqrt(Math.max(0, b * b - 4 * a * c)));
  const p1 = Math.min(1, ratio * p2);
  const distance = x / m - (ratio * y) / n;
  const variance = (p1 * (1 - p1)) / m + (ratio * ratio * p2 * (1 - p2)) / n;
  if (variance <= 0) return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY;
  return distance / Math.sqrt(variance);
}

function check({ successes, n }: Proportion): void {
  if (!(n >= 1 && successes >= 0 && successes <= n)) {
    throw new RangeError(`a proportion needs 0 ≤ successes ≤ n and n ≥ 1; got ${successes} of ${n}`);
  }
}
