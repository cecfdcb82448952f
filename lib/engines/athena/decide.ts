import type { DecidedFault } from '../../core/data/plan';
import { ROWS, type ValueCountsSql } from '../../core/data/sql';
import { identifier, literal, sql } from '../../core/sql/sql';
import { cellOf, type Decided } from '../data/decide';
import type { AthenaSession } from './session';

/** Values that are remembered for finding their rows: their list is part of a statement. */
const REMEMBERED = 1000;

/** Distinct values that are fetched, a thousand at a time. */
const MOST_FETCHED = 1_000_000;

/**
 * Streams the distinct values of a column through a function.
 *
 * @throws Error where there are too many to fetch
 */
export async function decideValues(
  session: AthenaSession,
  { column, from }: ValueCountsSql,
  fault: DecidedFault,
  most = MOST_FETCHED,
): Promise<Decided> {
  const name = identifier(column);
  const statement = sql`SELECT ${name} AS "value", ${ROWS} AS "rows" FROM ${from} WHERE ${name} IS NOT NULL LIMIT ${literal(most + 1)}`;
  let [rows, seen] = [0, 0];
  const values: NonNullable<ReturnType<typeof cellOf>>[] = [];
  for await (const page of session.pages(statement)) {
    seen += page.length;
    if (seen > most) {
      throw new Error(
        `${column} has more than ${most} distinct values, too many to fetch from Athena: \`engine: duckdb\` judges this expectation`,
      );
    }
    for (const row of page) {
      const value = cellOf(row.value);
      if (value === null || !fault.breaks(value)) continue;
      rows += Number(row.rows);
      if (values.length < REMEMBERED) values.push(value);
    }
  }
  values.sort((a, b) => (a < b ? -1 : Number(a > b)));
  return { rows, values };
}
