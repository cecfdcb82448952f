import { pinCategoriesAgain } from './categories';
import { type ColumnCounts, histogramOf, type Pair } from './column';
import { pinAgain } from './groups';
import type { Measured, SimulationOptions } from './measured';
import {
  type Counts,
  type Homogeneity,
  homogeneity,
  jensenShannonDistance,
  largestDifference,
  leastExpected,
  populationStabilityIndex,
  rowsOf,
} from './measures';
import { type NullDistribution, permutationNull, scaledChi, scaledChiSquared } from './null-distribution';

type BinStatistic = 'psi' | 'jensen_shannon' | 'l_infinity' | 'chi_squared';

const OF_BINS: Readonly<Record<BinStatistic, (reference: Counts, current: Counts) => number>> = {
  psi: populationStabilityIndex,
  jensen_shannon: jensenShannonDistance,
  l_infinity: largestDifference,
  chi_squared: (reference, current) => homogeneity(reference, current).cramersV,
};

const OF_KIND: Readonly<Record<ColumnCounts['kind'], readonly BinStatistic[]>> = {
  numeric: ['psi', 'jensen_shannon'],
  categorical: ['psi', 'jensen_shannon', 'l_infinity', 'chi_squared'],
};

/** From this least expected count on, the limiting χ² distribution is used (see the calibration test). */
const ASYMPTOTIC_FROM: Readonly<Record<BinStatistic, number>> = {
  psi: 20,
  jensen_shannon: 20,
  l_infinity: Number.POSITIVE_INFINITY,
  chi_squared: 5,
};

/** The statistics that are taken of the bins of a column. */
export function measureBins(column: ColumnCounts, options: SimulationOptions): readonly Measured[] {
  const bins = histogramOf(column);
  const names = OF_KIND[column.kind];
  if (rowsOf(bins.reference) === 0 || rowsOf(bins.current) === 0) {
    return names.map((name) => ({ name, estimate: Number.NaN, unknown: 'a sample has no rows' }));
  }
  const found = homogeneity(bins.reference, bins.current);
  const least = leastExpected(bins.reference, bins.current);
  // Bins that are made of what the reference lacks are never as likely in both samples: no limit holds for them.
  const pinned = column.kind === 'categorical' && column.unseen.rows > 0;
  const simulated = names.filter((name) => pinned || least < ASYMPTOTIC_FROM[name]);
  const estimates = new Map(names.map((name) => [name, OF_BINS[name](bins.reference, bins.current)]));
  const nulls = simulate(column, bins, simulated, estimates, options);
  return names.map((name) => {
    const estimate = estimates.get(name) ?? Number.NaN;
    return {
      name,
      estimate,
      null: nulls[name] ?? limitOf(name, estimate, bins, found),
      ...(name === 'chi_squared' ? { detail: { ...detailOf(found) } } : {}),
    };
  });
}

const detailOf = ({ chiSquared, degreesOfFreedom }: Homogeneity) => ({ chiSquared, degreesOfFreedom });

function limitOf(
  name: BinStatistic,
  estimate: number,
  { reference, current }: Pair<Counts>,
  { degreesOfFreedom }: Homogeneity,
): NullDistribution {
  const [n, m] = [rowsOf(reference), rowsOf(current)];
  const scale = 1 / n + 1 / m;
  if (name === 'psi') return scaledChiSquared(estimate, scale, degreesOfFreedom);
  // JSD ≈ Σ(p − q)²/(8·h) in nats, PSI ≈ Σ(p − q)²/h; Cramér's V is √(χ²/N).
  return scaledChi(estimate, name === 'chi_squared' ? 1 / (n + m) : scale / (8 * Math.LN2), degreesOfFreedom);
}

/** Over divisions of the rows, with the bins pinned anew each time where they depend on the reference. */
function simulate(
  column: ColumnCounts,
  bins: Pair<Counts>,
  names: readonly BinStatistic[],
  estimates: ReadonlyMap<BinStatistic, number>,
  options: SimulationOptions,
): Partial<Readonly<Record<BinStatistic, NullDistribution>>> {
  if (names.length === 0) return {};
  const { rows, pin } = divisible(column, bins);
  const named = (of: (name: BinStatistic) => number) =>
    Object.fromEntries(names.map((name) => [name, of(name)])) as Readonly<Record<BinStatistic, number>>;
  const found = named((name) => estimates.get(name) ?? Number.NaN);
  return permutationNull({ ...rows, ...options }, found, (current, reference) => {
    const pinned = pin(reference, current);
    return named((name) => OF_BINS[name](pinned.reference, pinned.current));
  });
}

type Pin = (reference: Counts, current: Counts) => Pair<Counts>;

/** What the rows are divided by, and how bins come out of a division. */
function divisible(column: ColumnCounts, bins: Pair<Counts>): { readonly rows: Pair<Counts>; readonly pin: Pin } {
  if (column.kind === 'categorical') return pinCategoriesAgain(column);
  if (column.ordered === undefined) return { rows: bins, pin: (reference, current) => ({ reference, current }) };
  const { groups } = column.ordered;
  const rowsBy = (of: keyof Pair<unknown>) => Float64Array.of(...groups[of], column.missing[of]);
  const rows = { reference: rowsBy('reference'), current: rowsBy('current') };
  return { rows, pin: pinAgain(groups, column.quantiles) };
}
