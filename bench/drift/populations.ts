import type { BaselineColumn } from '../../lib/core/drift/baseline';
import { countBins, quantileEdges } from '../../lib/core/drift/edges';
import { EMPTY_VALUES, ladderOfValues } from '../../lib/core/drift/ladder';
import { normalCdf, normalQuantile, type Random } from '../../lib/core/statistics';
import { drawBinomial } from '../../lib/core/statistics/binomial-draw';

/**
 * What a column is drawn from. Drift tilts the ranks of its values: the density of a rank u in [0, 1] is proportional to
 * exp(tilt·u), so that one parameter moves every kind of column, and 0 is no drift.
 */
export interface Population {
  readonly name: string;
  /** Number of bins of the baseline without those of missing values. */
  readonly bins: number;
  /** Pins a baseline of so many rows. */
  pin(random: Random, rows: number): Pinned;
}

/** A baseline with the chance of each of its bins, by tilt. Chances beyond its bins are of rows that it does not know. */
export interface Pinned {
  readonly column: BaselineColumn;
  /** Of bins or categories in the baseline's order; then of unseen categories together; then of missing values. */
  chances(tilt: number): readonly number[];
}

const BINS = 10;

/** Share of values whose rank is at most u, under the tilt. */
const tilted = (u: number, tilt: number): number => (tilt === 0 ? u : Math.expm1(tilt * u) / Math.expm1(tilt));

/**
 * @param valueAt value of a rank in [0, 1), ascending
 * @param rankOf share of values that are at most x
 */
function numeric(
  name: string,
  valueAt: (rank: number) => number,
  rankOf: (x: number) => number,
  missing = 0,
): Population {
  return {
    name,
    bins: BINS,
    pin: (random, rows) => {
      const lacking = drawBinomial(random, rows, missing);
      const values = Float64Array.from({ length: rows - lacking }, () => valueAt(random())).sort();
      const ladder = ladderOfValues({ values, counts: new Float64Array(values.length).fill(1) }, EMPTY_VALUES);
      const edges = quantileEdges(ladder, BINS);
      const counts = [...countBins(ladder, edges).reference];
      const borders = [0, ...edges.map(rankOf), 1];
      return {
        column: { kind: 'numeric', name, rows, missing: lacking, edges, counts },
        chances: (tilt) => [
          ...counts.map((_, i) => (1 - missing) * (tilted(borders[i + 1] ?? 1, tilt) - tilted(borders[i] ?? 0, tilt))),
          0,
          missing,
        ],
      };
    },
  };
}

/** @param weights of the categories, in any unit */
function categorical(name: string, weights: readonly number[]): Population {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const borders = [0];
  for (const weight of weights) borders.push((borders.at(-1) ?? 0) + weight / total);
  return {
    name,
    bins: weights.length,
    pin: (random, rows) => {
      const counts = drawCounts(
        random,
        rows,
        weights.map((weight) => weight / total),
      );
      const known = counts.flatMap((count, i) => (count > 0 ? [{ name: String(i), rows: count, place: i }] : []));
      known.sort((a, b) => b.rows - a.rows);
      const categories = known.map(({ name: category, rows: count }) => ({ name: category, rows: count }));
      return {
        column: { kind: 'categorical', name, rows, missing: 0, categories },
        chances: (tilt) => {
          const shares = weights.map((_, i) => tilted(borders[i + 1] ?? 1, tilt) - tilted(borders[i] ?? 0, tilt));
          const unseen = shares.reduce((sum, share, i) => (counts[i] === 0 ? sum + share : sum), 0);
          return [...known.map(({ place }) => shares[place] ?? 0), unseen, 0];
        },
      };
    },
  };
}

/** Rows by bin: multinomial, one binomial after the other. */
export function drawCounts(random: Random, rows: number, chances: readonly number[]): readonly number[] {
  let [left, share] = [rows, chances.reduce((sum, chance) => sum + chance, 0)];
  return chances.map((chance) => {
    const count = share <= 0 ? 0 : drawBinomial(random, left, Math.min(1, chance / share));
    left -= count;
    share -= chance;
    return count;
  });
}

const steps = (count: number) => ({
  valueAt: (rank: number) => Math.floor(rank * count),
  rankOf: (x: number) => Math.min(1, Math.max(0, (Math.floor(x) + 1) / count)),
});
const hours = steps(24);
/** Six in ten are 0, the others spread out: a count that is mostly nothing. */
const zeros = {
  valueAt: (rank: number) => (rank < 0.6 ? 0 : (rank - 0.6) / 0.4),
  rankOf: (x: number) => (x < 0 ? 0 : 0.6 + 0.4 * Math.min(1, x)),
};
const normal = { valueAt: (rank: number) => normalQuantile(Math.max(rank, 1e-12)), rankOf: normalCdf };

const equal = (count: number): readonly number[] => Array.from({ length: count }, () => 1);
/** G. K. Zipf's law: the k-th category is as frequent as 1/k. */
const zipf = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => 1 / (k + 1));

export const POPULATIONS: readonly Population[] = [
  numeric(
    'uniform',
    (rank) => rank,
    (x) => Math.min(1, Math.max(0, x)),
  ),
  numeric('normal', normal.valueAt, normal.rankOf),
  numeric('normal, 5 % missing', normal.valueAt, normal.rankOf, 0.05),
  numeric('24 whole numbers', hours.valueAt, hours.rankOf),
  numeric('60 % zeros', zeros.valueAt, zeros.rankOf),
  categorical('3 categories', equal(3)),
  categorical('10 categories', equal(10)),
  categorical('50 categories', equal(50)),
  categorical('50 categories, Zipf', zipf(50)),
];
