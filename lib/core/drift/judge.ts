import type { Check } from '../report/report';
import { holmAdjusted } from '../statistics';
import { combineVerdicts, type Verdict } from '../verdict';
import type { ColumnCounts, UncomparedColumn } from './column';
import { type DriftConfig, STATISTICS_OF, type StatisticName, type Threshold, thresholdsOf } from './config';
import { evidenceOf } from './evidence';
import { measureColumn } from './measure';
import type { Measured } from './measured';
import { reasonOf, tooFewRows } from './reason';

/** A statistic that decides, with its bounds and what it says. */
export interface Decision {
  readonly measured: Measured;
  readonly threshold: Threshold;
  /** Holm-adjusted over all deciding statistics of the gate. */
  readonly adjustedPValue: number;
  readonly verdict: Verdict;
}

/** Fewest simulated divisions; more where a small p must be told among many columns. */
const LEAST_REPLICATES = 999;
const MOST_REPLICATES = 19_999;

/**
 * One check a column. A column has drifted when a statistic with a threshold lies above it and samples of these sizes do
 * not reach it by chance (Holm-adjusted p at most 1 − confidence). Above the threshold but within chance, too few rows, or
 * no estimate: inconclusive.
 */
export function judgeDrift(
  columns: readonly (ColumnCounts | UncomparedColumn)[],
  config: DriftConfig,
): readonly Check[] {
  const compared = columns.filter((column): column is ColumnCounts => column.kind !== 'uncompared');
  const tests = compared.flatMap((column) => decidingOf(column, config)).length;
  const alpha = 1 - config.confidence;
  const replicates = Math.min(MOST_REPLICATES, Math.max(LEAST_REPLICATES, Math.ceil((2 * tests) / alpha) - 1));
  const measured = new Map(compared.map((column) => [column, measure(column, config, replicates)] as const));
  const deciding = [...measured].flatMap(([column, statistics]) =>
    decidingOf(column, config).flatMap(([name, threshold]) => {
      const found = statistics.find((statistic) => statistic.name === name);
      return found === undefined ? [] : [{ column, measured: found, threshold }];
    }),
  );
  const adjusted = holmAdjusted(deciding.map((test) => test.measured.null?.pValue ?? 1));
  const decisions = deciding.map((test, i) => {
    const adjustedPValue = adjusted[i] ?? 1;
    return { ...test, adjustedPValue, verdict: decide(test.measured.estimate, test.threshold, adjustedPValue, alpha) };
  });
  return columns.map((column) =>
    column.kind === 'uncompared'
      ? { id: checkId(column.name), verdict: column.verdict, reason: column.reason }
      : checkOf(
          column,
          measured.get(column) ?? [],
          decisions.filter((decision) => decision.column === column),
          config,
        ),
  );
}

/** p below which more divisions are simulated, where a deciding statistic lies above its threshold. */
const RESOLVE_BELOW = 0.02;

function measure(column: ColumnCounts, config: DriftConfig, replicates: number): readonly Measured[] {
  const { seed } = config;
  const found = measureColumn(column, { replicates: LEAST_REPLICATES, seed });
  const unresolved = decidingOf(column, config).some(([name, { fail }]) => {
    const { estimate = Number.NaN, null: chance } = found.find((statistic) => statistic.name === name) ?? {};
    return estimate > fail && chance?.replicates !== undefined && chance.pValue < RESOLVE_BELOW;
  });
  return unresolved && replicates > LEAST_REPLICATES ? measureColumn(column, { replicates, seed: seed + 1 }) : found;
}

const checkId = (column: string): string => `drift.${column}`;

function decidingOf(column: ColumnCounts, config: DriftConfig): readonly (readonly [StatisticName, Threshold])[] {
  const thresholds = thresholdsOf(config, column.name);
  return STATISTICS_OF[column.kind].flatMap((name) => {
    const threshold = thresholds[name];
    return threshold === undefined ? [] : [[name, threshold] as const];
  });
}

function decide(estimate: number, { fail }: Threshold, adjustedPValue: number, alpha: number): Verdict {
  if (!Number.isFinite(estimate)) return 'inconclusive';
  if (estimate <= fail) return 'pass';
  return adjustedPValue <= alpha ? 'fail' : 'inconclusive';
}

function checkOf(
  column: ColumnCounts,
  measured: readonly Measured[],
  decisions: readonly Decision[],
  config: DriftConfig,
): Check {
  const id = checkId(column.name);
  const worst = combineVerdicts(decisions.map(({ verdict }) => verdict));
  const [leading] = decisions.filter(({ verdict }) => verdict === worst).sort((a, b) => excess(b) - excess(a));
  const evidence = evidenceOf(column, measured, decisions, leading);
  const thin = tooFewRows(column, config.minRows);
  if (thin !== undefined) return { id, verdict: 'inconclusive', reason: thin, evidence };
  if (leading === undefined) {
    return { id, verdict: 'inconclusive', reason: `${column.name}: no statistic has a threshold`, evidence };
  }
  return { id, verdict: worst, reason: reasonOf(column, leading), evidence };
}

const excess = ({ measured, threshold }: Decision): number =>
  Number.isFinite(measured.estimate) ? measured.estimate / Math.max(threshold.fail, Number.MIN_VALUE) : -1;
