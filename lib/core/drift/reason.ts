import { formatApart, formatNumber } from '../report/format';
import type { ColumnCounts } from './column';
import type { StatisticName } from './config';
import type { Decision } from './judge';

const WORDS: Readonly<Record<StatisticName, string>> = {
  psi: 'PSI',
  ks: 'KS distance',
  jensen_shannon: 'Jensen–Shannon distance',
  wasserstein: 'Wasserstein distance in standard deviations',
  l_infinity: 'greatest difference of a share',
  chi_squared: "Cramér's V of χ²",
};

/** What a person should know of the decisive statistic, in one sentence. */
export function reasonOf(column: ColumnCounts, decision: Decision): string {
  const { measured, threshold, verdict } = decision;
  const name = `${column.name}: ${WORDS[measured.name]}`;
  if (measured.unknown !== undefined) return `${name} is unknown: ${measured.unknown}`;
  const value = formatApart(measured.estimate, [threshold.fail, threshold.warn ?? threshold.fail]);
  const chance = chanceOf(column, decision);
  if (verdict === 'fail') return `${name} is ${value}, above ${formatNumber(threshold.fail)}; ${chance}`;
  if (verdict === 'inconclusive') {
    return `${name} is ${value}, above ${formatNumber(threshold.fail)}, but ${chance}: more rows are needed`;
  }
  if (threshold.warn !== undefined && measured.estimate > threshold.warn) {
    return `${name} is ${value}: worth a look (above ${formatNumber(threshold.warn)}), not above ${formatNumber(threshold.fail)}`;
  }
  return `${name} is ${value}, not above ${formatNumber(threshold.fail)}`;
}

function chanceOf({ rows }: ColumnCounts, { measured, verdict, adjustedPValue }: Decision): string {
  const sizes = `samples of ${formatNumber(rows.reference)} and ${formatNumber(rows.current)} rows`;
  const limit = formatNumber(measured.null?.null95 ?? Number.NaN);
  if (verdict === 'fail') return `equal distributions give at most ${limit} in 95 % of ${sizes}`;
  const p = adjustedPValue === measured.null?.pValue ? 'p' : "Holm's p";
  return `${sizes} reach that by chance (95 % stay below ${limit}, ${p} = ${formatNumber(adjustedPValue)})`;
}

/** Why a column has too few rows, if it has. */
export function tooFewRows({ name, rows }: ColumnCounts, minRows: number): string | undefined {
  const sample = rows.reference < minRows ? 'reference' : rows.current < minRows ? 'current' : undefined;
  if (sample === undefined) return undefined;
  return `${name}: the ${sample} sample has ${formatNumber(rows[sample])} rows; ${formatNumber(minRows)} are needed`;
}
