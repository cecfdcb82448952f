import type { ColumnCounts, NumericColumn } from './column';
import type { StatisticName } from './config';
import { apartness } from './groups';
import { ksNull } from './ks-null';
import { measureBins } from './measure-bins';
import type { Measured, SimulationOptions } from './measured';
import { type NullDistribution, permutationNull } from './null-distribution';
import type { OrderedEvidence } from './ordered';

/** Every statistic of a column that its kind has. */
export function measureColumn(column: ColumnCounts, options: SimulationOptions): readonly Measured[] {
  return [...measureBins(column, options), ...(column.kind === 'numeric' ? measureOrder(column, options) : [])];
}

const unknown = (name: StatisticName, reason: string): Measured => ({ name, estimate: Number.NaN, unknown: reason });

function measureOrder({ ordered }: NumericColumn, options: SimulationOptions): readonly Measured[] {
  const lacking =
    ordered === undefined
      ? 'needs the rows of the reference; the baseline has its bins'
      : ordered.n === 0 || ordered.m === 0
        ? 'a sample has no values'
        : undefined;
  if (ordered === undefined || lacking !== undefined)
    return [unknown('ks', lacking ?? ''), unknown('wasserstein', lacking ?? '')];
  const { ks, groups } = ordered;
  // Beside the estimate on the same groups, so that gathering does not count as drift.
  const apart = apartness(groups);
  const estimates = { ks: ks.estimate, wasserstein: apart(groups.current).area };
  const counts = { reference: groups.reference, current: groups.current, ...options };
  const simulated = permutationNull(counts, estimates, (current) => {
    const { gap, area } = apart(current);
    return { ks: gap, wasserstein: area };
  });
  const distance = {
    name: 'ks',
    estimate: ks.estimate,
    // Where groups are of several values, their gaps say little of those between the values.
    null: ksNull(ordered, groups.exact ? simulated.ks : undefined),
    detail: { at: ks.at },
  } as const;
  return [distance, measureDistance(ordered, simulated.wasserstein)];
}

function measureDistance({ wasserstein }: OrderedEvidence, simulated: NullDistribution): Measured {
  if (wasserstein === null) return unknown('wasserstein', 'a sample has infinite values');
  const { distance, deviation, resolution } = wasserstein;
  const detail = { distance, deviation, resolution };
  if (deviation === 0) return { ...unknown('wasserstein', 'the reference is constant'), detail };
  const { mean, null95, null99, ...rest } = simulated;
  const scaled = {
    ...rest,
    ...(mean === undefined ? {} : { mean: mean / deviation }),
    null95: null95 / deviation,
    null99: null99 / deviation,
  };
  return { name: 'wasserstein', estimate: distance / deviation, null: scaled, detail };
}
