import type { Filter, RepeatFault } from '../../core/data/plan';
import { type TableSql, whereOf } from '../../core/data/sql';
import { identifier, joinSql, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';

let made = 0;

/**
 * Number of rows whose values occur in another row too, exact, for columns with few repeats: 32-bit hashes are sorted
 * instead of the values, which takes a fraction of the memory whatever the values are; equal neighbours are suspects,
 * and only the rows of suspects are compared by their values. Without suspects every row is different for certain.
 */
export async function repeatedRows(
  session: DuckDbSession,
  table: TableSql,
  { columns, among }: RepeatFault,
  where: Filter | undefined,
): Promise<number> {
  const list = joinSql(columns.map(identifier), ', ');
  const hashed = sql`CAST(hash(${list}) & 4294967295 AS UINTEGER)`;
  const condition = whereOf(among, where?.sql);
  made += 1;
  const suspects = identifier(`suspects_${made}`);
  // Streaming over the sorted rows: a window with an order of its own would keep them all.
  const sorted = sql`SELECT h, lag(h) OVER () AS before FROM (SELECT ${hashed} AS h FROM ${table.from}${condition} ORDER BY h)`;
  await session.rows(sql`CREATE TABLE ${suspects} AS SELECT DISTINCT h FROM (${sorted}) WHERE h = before`);
  const [any] = await session.rows<{ found: number }>(sql`SELECT count(*) AS found FROM ${suspects}`);
  if (any === undefined || any.found === 0) return 0;
  const suspected = whereOf(among, where?.sql, sql`${hashed} IN (SELECT h FROM ${suspects})`);
  const groups: Sql = sql`SELECT count(*) AS n FROM ${table.from}${suspected} GROUP BY ${list} HAVING count(*) > 1`;
  const [row] = await session.rows<{ found: number }>(sql`SELECT coalesce(sum(n), 0) AS found FROM (${groups})`);
  return row?.found ?? 0;
}
