import type { ValueCounts } from '../../core/drift/ladder';
import { literal, sql } from '../../core/sql/sql';
import { mergeEqual, readNumbers } from './read';
import type { ColumnProfile, ColumnSide } from './side';

/** Distinct values of a column of numbers that are counted one by one; beyond, cells are counted. */
const MOST_VALUES = 250_000;

/** Numbers that a sample has, and how many of its rows are NaN, which is none. */
export interface CountedValues extends ValueCounts {
  readonly nan: number;
}

/** Values with their counts, ascending; `undefined` when there are more than `most`. */
export async function countValues(side: ColumnSide, most = MOST_VALUES): Promise<CountedValues | undefined> {
  const { session, from, column, filter, kind, pages } = side;
  const paged = await pages?.countValues(most);
  if (paged !== undefined) return paged === 'more' ? undefined : paged;
  const number = kind.toNumber?.(sql`value`) ?? sql`value`;
  const [values, counts] = await readNumbers(
    session,
    [number, sql`n`],
    sql`FROM (
      SELECT ${column} AS value, count(*) AS n FROM ${from} WHERE ${filter} GROUP BY ${column} LIMIT ${literal(most + 1)}
    ) ORDER BY ${number}`,
  );
  if (values === undefined || counts === undefined || values.length > most) return undefined;
  // The greatest, in DuckDB's order.
  if (!Number.isNaN(values.at(-1) ?? 0)) return { ...mergeEqual(values, counts), nan: 0 };
  return { ...mergeEqual(values.subarray(0, -1), counts.subarray(0, -1)), nan: counts.at(-1) ?? 0 };
}

/** The values of a column that was read as a whole. @param numbers missing ones are NaN */
export function valuesOf(numbers: Float64Array, { rows, missing }: ColumnProfile): CountedValues {
  const sorted = withoutNaN(numbers).sort();
  return { ...mergeEqual(sorted, new Float64Array(sorted.length).fill(1)), nan: rows - missing - sorted.length };
}

const withoutNaN = (numbers: Float64Array): Float64Array => numbers.filter((number) => !Number.isNaN(number));

/** What some rows of the samples tell. Only speed depends on it, no verdict. */
export interface Glimpse {
  readonly fewValues: boolean;
  /** Median of these rows. */
  readonly centre: number;
  /** Their interquartile range, or some width where that is none. */
  readonly spread: number;
  /** All but a few of them lie between these. */
  readonly low: number;
  readonly high: number;
}

/** Share of the rows below `low`, and above `high`. */
const FEW = 0.001;

/** @param samples numbers in some rows of each sample; missing ones are NaN */
export function glimpse(samples: readonly Float64Array[]): Glimpse {
  const parts = samples.map((numbers) => withoutNaN(numbers).sort());
  const all = joined(parts.map((part) => part.filter(Number.isFinite))).sort();
  const at = (share: number) => all[Math.floor(share * (all.length - 1))] ?? 0;
  const widths = [at(0.75) - at(0.25), at(1) - at(0), Math.abs(at(0.5)), 1];
  // Its inverse is a factor in SQL, and the greatest value over it must stay a number.
  const spread = widths.find((width) => width > 1e-300 && width < 1e300) ?? 1;
  const fewValues = parts.every((part) => distinctAtLeast(part) <= MOST_VALUES);
  return { fewValues, centre: at(0.5), spread, low: at(FEW), high: at(1 - FEW) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    result.set(part, start);
    start += part.length;
  }
  return result;
}

/**
 * How many distinct values there probably are at least, from a sample of them: d + f₁(f₁ − 1)/(2(f₂ + 1)) with d distinct
 * values, of which f₁ occur once and f₂ twice.
 *
 * Source: A. Chao, Scandinavian Journal of Statistics 11 (1984), pp. 265–270, in the form without bias.
 *
 * @param values ascending
 */
export function distinctAtLeast(values: Float64Array): number {
  let [distinct, once, twice] = [0, 0, 0];
  for (let start = 0; start < values.length; ) {
    let end = start + 1;
    while (end < values.length && values[end] === values[start]) end += 1;
    distinct += 1;
    if (end - start === 1) once += 1;
    if (end - start === 2) twice += 1;
    start = end;
  }
  return distinct + (once * (once - 1)) / (2 * (twice + 1));
}
