import { type Interval, twoSidedQuantile } from '../../statistics';
import type { Labels } from '../columns';
import type { Rows } from './input';
import { type Prepared, type Summed, sumTerms } from './prepared';

/**
 * Influence of each row on a function of sums: wᵢ·(∂g/∂s₀ + Σ_k ∂g/∂s_k·t_ik). Sums to 0 for a metric that does not change
 * when all weights double.
 */
function influences(prepared: Summed, weights: Float64Array | undefined, n: number): Float64Array {
  const [own = 0, ...slopes] = prepared.gradient(sumTerms(prepared, weights));
  const influence = new Float64Array(n).fill(own);
  for (const [index, term] of prepared.terms().entries()) {
    const slope = slopes[index] ?? Number.NaN;
    for (let row = 0; row < n; row += 1) (influence[row] as number) += slope * (term[row] as number);
  }
  if (weights !== undefined) for (let row = 0; row < n; row += 1) (influence[row] as number) *= weights[row] as number;
  return influence;
}

/**
 * Variance of a statistic from the influences of its units: Σ_s n_s/(n_s − 1)·Σᵢ(lᵢ − l̄_s)², s the class for a class task
 * (rows are resampled within it) and all rows for regression; of whole clusters where rows belong together.
 *
 * Source: B. Efron, "The jackknife, the bootstrap and other resampling plans", 1982, chapter 6 (infinitesimal jackknife).
 */
export function influenceVariance(rows: Rows, influence: Float64Array): number {
  const { task, labels, clusters, columns } = rows;
  if (clusters !== undefined) return spread(byCluster(clusters, influence), undefined, 1);
  if (task === 'regression') return spread(influence, undefined, 1);
  return spread(influence, labels, Math.max(2, columns.length));
}

function byCluster(clusters: Int32Array, influence: Float64Array): Float64Array {
  const sums = new Float64Array(clusters.reduce((most, cluster) => Math.max(most, cluster), -1) + 1);
  for (let row = 0; row < influence.length; row += 1) {
    (sums[clusters[row] as number] as number) += influence[row] as number;
  }
  return sums;
}

function spread(values: Float64Array, strata: Labels | undefined, stratumCount: number): number {
  const [counts, sums, squares] = [0, 1, 2].map(() => new Float64Array(stratumCount)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  // Distances from each stratum's first value keep the digits of a small spread.
  const firsts = new Float64Array(stratumCount).fill(Number.NaN);
  for (let index = 0; index < values.length; index += 1) {
    const stratum = strata === undefined ? 0 : (strata[index] as number);
    if (counts[stratum] === 0) firsts[stratum] = values[index] as number;
    const value = (values[index] as number) - (firsts[stratum] as number);
    (counts[stratum] as number) += 1;
    (sums[stratum] as number) += value;
    (squares[stratum] as number) += value * value;
  }
  let variance = 0;
  for (let stratum = 0; stratum < stratumCount; stratum += 1) {
    const [count, sum] = [counts[stratum] as number, sums[stratum] as number];
    if (count === 0) continue;
    variance += (count / (count - 1)) * Math.max(0, (squares[stratum] as number) - (sum * sum) / count);
  }
  return variance;
}

/** Influence of each row, weight included; undefined for functions of confusion matrices, whose bootstrap is as cheap. */
export function influencesOf(prepared: Prepared, { n, weights }: Rows): Float64Array | undefined {
  if (prepared.kind === 'counted') return undefined;
  if (prepared.kind === 'summed') return influences(prepared, weights, n);
  const influence = prepared.influence(weights);
  if (weights !== undefined) for (let row = 0; row < n; row += 1) (influence[row] as number) *= weights[row] as number;
  return influence;
}

/** Value ± z·se by the delta method, cut to the metric's range. `null` if a stratum has one unit. */
export function deltaInterval(
  prepared: Prepared,
  rows: Rows,
  value: number,
  confidence: number,
  [lowest, highest]: readonly [number, number],
): Interval | null {
  const variance = varianceOf(prepared, rows);
  if (!Number.isFinite(variance)) return null;
  const reach = twoSidedQuantile(confidence) * Math.sqrt(variance);
  return [Math.max(lowest, value - reach), Math.min(highest, value + reach)];
}

function varianceOf(prepared: Prepared, rows: Rows): number {
  const known = prepared.kind === 'summed' ? knownVariance(prepared, rows) : undefined;
  if (known !== undefined) return known;
  const influence = influencesOf(prepared, rows);
  return influence === undefined ? Number.NaN : influenceVariance(rows, influence);
}

/** Of a function of one mean, from sums of its losses and their squares: influences are linear in the losses. */
function knownVariance(prepared: Summed, { weights, clusters }: Rows): number | undefined {
  const { known } = prepared;
  if (known === undefined || weights !== undefined || clusters !== undefined) return undefined;
  const [, slope = Number.NaN] = prepared.gradient(sumTerms(prepared, undefined));
  return known.rows.reduce<number>((variance, count, label) => {
    if (count === 0) return variance;
    const [total = 0, squares = 0] = [known.sums[label], known.squares[label]];
    return variance + (count / (count - 1)) * slope * slope * Math.max(0, squares - (total * total) / count);
  }, 0);
}
