import { type ColumnCounts, histogramOf, type NumericColumn, type Pair } from './column';
import type { StatisticName } from './config';
import { areaBetween, greatestGap, pinAgain } from './groups';
import { ksNull } from './ks-null';
import {
  type Counts,
  homogeneity,
  jensenShannonDistance,
  largestDifference,
  leastExpected,
  populationStabilityIndex,
  rowsOf,
} from './measures';
import { type NullDistribution, permutationNull, scaledChi, scaledChiSquared } from './null-distribution';

/** One statistic of one column with what chance alone would give. */
export interface Measured {
  readonly name: StatisticName;
  /** What a threshold is compared with. NaN when it cannot be computed. */
  readonly estimate: number;
  readonly null?: NullDistribution;
  /** Further figures, e.g. χ² beside Cramér's V. */
  readonly detail?: Readonly<Record<string, number>>;
  /** Why there is no estimate. */
  readonly unknown?: string;
}

export interface SimulationOptions {
  readonly replicates: number;
  readonly seed: number;
}

/** From this least expected count on, the limiting χ² distribution is used (see the calibration test). */
export const ASYMPTOTIC_FROM = { psi: 20, jensen_shannon: 20, chi_squared: 5 } as const;

/** Every statistic of a column that its kind has. */
export function measureColumn(column: ColumnCounts, options: SimulationOptions): readonly Measured[] {
  return [...measureBins(column, options), ...(column.kind === 'numeric' ? measureOrder(column, options) : [])];
}

function measureBins(column: ColumnCounts, options: SimulationOptions): readonly Measured[] {
  const { reference, current } = histogramOf(column);
  const estimates = {
    psi: populationStabilityIndex(reference, current),
    jensen_shannon: jensenShannonDistance(reference, current),
    l_infinity: largestDifference(reference, current),
    chi_squared: homogeneity(reference, current).cramersV,
  };
  const { chiSquared, degreesOfFreedom } = homogeneity(reference, current);
  const scale = 1 / rowsOf(reference) + 1 / rowsOf(current);
  const asymptotic = {
    psi: () => scaledChiSquared(estimates.psi, scale, degreesOfFreedom),
    // JSD ≈ Σ(p − q)²/(8·h) in nats, PSI ≈ Σ(p − q)²/h.
    jensen_shannon: () => scaledChi(estimates.jensen_shannon, scale / (8 * Math.LN2), degreesOfFreedom),
    // Cramér's V is √(χ²/N).
    chi_squared: () => scaledChi(estimates.chi_squared, 1 / (rowsOf(reference) + rowsOf(current)), degreesOfFreedom),
  };
  const names = (Object.keys(OF_BINS) as BinStatistic[]).filter(
    (name) => column.kind === 'categorical' || name in NUMERIC,
  );
  if (rowsOf(reference) === 0 || rowsOf(current) === 0)
    return names.map((name) => unknown(name, 'a sample has no rows'));
  const least = leastExpected(reference, current);
  const byLimit = (name: BinStatistic): name is keyof typeof asymptotic =>
    name !== 'l_infinity' && least >= ASYMPTOTIC_FROM[name];
  const simulated = names.filter((name) => !byLimit(name));
  const nulls = simulated.length === 0 ? {} : simulate(column, { reference, current }, estimates, simulated, options);
  return names.map((name) => {
    const distribution = byLimit(name) ? asymptotic[name]() : nulls[name];
    return {
      name,
      estimate: estimates[name],
      ...(distribution === undefined ? {} : { null: distribution }),
      ...(name === 'chi_squared' ? { detail: { chiSquared, degreesOfFreedom } } : {}),
    };
  });
}

/** Over divisions of the rows: with the bins pinned anew each time where the order of the values is known. */
function simulate(
  column: ColumnCounts,
  bins: Pair<Counts>,
  estimates: Readonly<Record<BinStatistic, number>>,
  names: readonly BinStatistic[],
  options: SimulationOptions,
): Partial<Record<BinStatistic, NullDistribution>> {
  const wanted = (of: (name: BinStatistic) => (typeof OF_BINS)[BinStatistic]) =>
    Object.fromEntries(names.map((name) => [name, { estimate: estimates[name], of: of(name) }] as const));
  if (column.kind === 'categorical' || column.ordered === undefined) {
    return permutationNull(
      { ...bins, ...options },
      wanted((name) => OF_BINS[name]),
    );
  }
  const { groups } = column.ordered;
  const pin = pinAgain(groups, column.quantiles);
  const rows = (of: keyof Pair<unknown>) => Float64Array.of(...groups[of], column.missing[of]);
  return permutationNull(
    { reference: rows('reference'), current: rows('current'), ...options },
    wanted((name) => (r, c) => {
      const pinned = pin(r, c);
      return OF_BINS[name](pinned.reference, pinned.current);
    }),
  );
}

type BinStatistic = 'psi' | 'jensen_shannon' | 'l_infinity' | 'chi_squared';

const OF_BINS: Readonly<Record<BinStatistic, (reference: Counts, current: Counts) => number>> = {
  psi: populationStabilityIndex,
  jensen_shannon: jensenShannonDistance,
  l_infinity: largestDifference,
  chi_squared: (reference, current) => homogeneity(reference, current).cramersV,
};

const NUMERIC: Partial<Record<BinStatistic, true>> = { psi: true, jensen_shannon: true };

const unknown = (name: StatisticName, reason: string): Measured => ({ name, estimate: Number.NaN, unknown: reason });

function measureOrder({ ordered }: NumericColumn, options: SimulationOptions): readonly Measured[] {
  if (ordered === undefined) {
    const reason = 'needs the rows of the reference; the baseline has its bins';
    return [unknown('ks', reason), unknown('wasserstein', reason)];
  }
  const { n, m, ks, groups } = ordered;
  if (n === 0 || m === 0) {
    return [unknown('ks', 'a sample has no values'), unknown('wasserstein', 'a sample has no values')];
  }
  const distance = ordered.wasserstein;
  const deviation = distance?.deviation ?? 0;
  const normalised = distance === null ? Number.NaN : deviation > 0 ? distance.distance / deviation : Number.NaN;
  const simulated = permutationNull(
    { reference: groups.reference, current: groups.current, ...options },
    {
      ks: { estimate: ks.estimate, of: greatestGap },
      // Beside the estimate on the same groups, so that gathering does not count as drift.
      wasserstein: {
        estimate: areaBetween(groups, groups.reference, groups.current),
        of: (r, c) => areaBetween(groups, r, c),
      },
    },
  );
  return [
    { name: 'ks', estimate: ks.estimate, null: ksNull(ordered, simulated.ks), detail: { at: ks.at } },
    distance === null
      ? unknown('wasserstein', 'a sample has infinite values')
      : deviation === 0
        ? { ...unknown('wasserstein', 'the reference is constant'), detail: { distance: distance.distance } }
        : {
            name: 'wasserstein',
            estimate: normalised,
            null: rescale(simulated.wasserstein, deviation),
            detail: { distance: distance.distance, deviation, resolution: distance.resolution },
          },
  ];
}

function rescale(distribution: NullDistribution, unit: number): NullDistribution {
  const { mean, null95, null99, ...rest } = distribution;
  return {
    ...rest,
    ...(mean === undefined ? {} : { mean: mean / unit }),
    null95: null95 / unit,
    null99: null99 / unit,
  };
}
