import type { DecidedFault } from '../../core/data/plan';
import { ROWS, type ValueCountsSql } from '../../core/data/sql';
import type { Value } from '../../core/data/table';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import { plainValue } from '../duckdb/values';

/** Values that are remembered for finding their rows. */
const REMEMBERED = 10_000;

export interface Decided {
  readonly rows: number;
  /** Distinct values that break it, as long as they are few. */
  readonly values: readonly Exclude<Value, null>[];
}

/** Streams the distinct values of a column through a function. Memory does not grow with their number. */
export async function decide(session: DuckDbSession, counts: ValueCountsSql, fault: DecidedFault): Promise<Decided> {
  const name = identifier(counts.column);
  const statement = sql`SELECT ${name}, ${ROWS} FROM ${counts.from} WHERE ${name} IS NOT NULL`;
  const result = await session.stream(statement);
  let rows = 0;
  const values: Exclude<Value, null>[] = [];
  for await (const chunk of result.yieldRows()) {
    for (const [held, number] of chunk) {
      const value = cellOf(plainValue(held));
      if (value === null || !fault.breaks(value)) continue;
      rows += Number(number);
      if (values.length < REMEMBERED) values.push(value);
    }
  }
  // The order of distinct values is the engine's own affair; what is done with them must not depend on it.
  values.sort((a, b) => (a < b ? -1 : Number(a > b)));
  return { rows, values };
}

/** Rows that hold one of the values. */
export const holdsOne = (column: string, values: readonly Exclude<Value, null>[]): Sql =>
  values.length === 0
    ? sql`FALSE`
    : sql`(${identifier(column)} IN (${joinSql(
        values.map((value) => literal(value)),
        ', ',
      )}))`;

/** Whole numbers beyond 2^53 become text, because evidence is JSON. */
export function cellOf(value: unknown): Value {
  if (typeof value === 'bigint') return String(value);
  if (value === null || value === undefined) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as Value);
}
