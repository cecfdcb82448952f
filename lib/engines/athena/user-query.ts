import type { QueryRows } from '../../core/data/plan';
import type { Value } from '../../core/data/table';
import { literal, type Sql, sql } from '../../core/sql/sql';
import { cellOf } from '../data/decide';
import type { AthenaSession } from './session';

/** Rows that a person's query returns, and their number. */
export async function queryRows(session: AthenaSession, statement: Sql, limit: number): Promise<QueryRows> {
  const [counted] = await session.rows<{ found: number }>(sql`SELECT count(*) AS "found" FROM ${statement} AS answer`);
  const count = counted?.found ?? 0;
  const rows = count === 0 ? [] : await session.rows(sql`SELECT * FROM ${statement} AS answer LIMIT ${literal(limit)}`);
  return {
    count,
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]): [string, Value] => [column, cellOf(value)])),
    ),
  };
}
