import { quantile } from './bca';
import { binomialCdf, binomialQuantile } from './distributions';
import type { Interval } from './interval';

export interface QuantileEstimate {
  /** The interpolated quantile (type 7, NumPy's default). */
  readonly value: number;
  /** `null` if so few values cannot bound it from both sides. */
  readonly interval: Interval | null;
  /** Bounds of one side each, at the same confidence; `null` where so few values give none. */
  readonly lowerBound: number | null;
  readonly upperBound: number | null;
  /** What the interval really covers, at least, which order statistics allow in steps only. `null` without an interval. */
  readonly coverage: number | null;
  readonly n: number;
}

/**
 * A quantile with bounds that hold for every distribution: the order statistics x₍l₎ and x₍u₎ cover the p-quantile with
 * probability P(l ≤ X ≤ u − 1), X ~ Bin(n, p). Each tail is kept at or below (1 − confidence)/2.
 *
 * Source: H. A. David and H. N. Nagaraja, "Order statistics", 3rd edition 2003, section 7.1.
 *
 * @param sorted ascending, without NaN
 * @param p between 0 and 1: 0.95 for the 95th percentile
 * @throws RangeError for no values, or p or confidence outside (0, 1)
 */
export function quantileInterval(sorted: Float64Array, p: number, confidence: number): QuantileEstimate {
  const n = sorted.length;
  if (n === 0) throw new RangeError('a quantile needs at least one value');
  for (const [name, value] of [
    ['p', p],
    ['confidence', confidence],
  ] as const) {
    if (!(value > 0 && value < 1)) throw new RangeError(`${name} lies between 0 and 1, both excluded; got ${value}`);
  }
  const [low, high] = [lowerRank(n, p, (1 - confidence) / 2), upperRank(n, p, (1 - confidence) / 2)];
  const [lowest, highest] = [lowerRank(n, p, 1 - confidence), upperRank(n, p, 1 - confidence)];
  const valueAt = (rank: number): number | null => sorted[rank - 1] ?? null;
  const [from, to] = [valueAt(low), valueAt(high)];
  const known = from !== null && to !== null;
  return {
    value: quantile(sorted, p),
    interval: known ? [from, to] : null,
    lowerBound: valueAt(lowest),
    upperBound: valueAt(highest),
    coverage: known ? binomialCdf(high - 1, n, p) - binomialCdf(low - 1, n, p) : null,
    n,
  };
}

/** Largest rank l with P(X ≤ l − 1) ≤ tail; 0 if there is none. */
function lowerRank(n: number, p: number, tail: number): number {
  const k = binomialQuantile(tail, n, p);
  return binomialCdf(k, n, p) <= tail ? k + 1 : k;
}

/** Smallest rank u with P(X ≥ u) ≤ tail; n + 1 if there is none. */
const upperRank = (n: number, p: number, tail: number): number => binomialQuantile(1 - tail, n, p) + 1;
