import { identifier, joinSql, literal, type Sql, sql } from '../../sql/sql';
import type { Distinct, Filter, Ranks, Values } from '../plan';
import { ROWS, type TableSql, type ValueCountsSql, whereOf } from './table-sql';

/** A table's column as value counts; NULL included. */
export function valueCountsSql(table: TableSql, column: string, where?: Filter): Sql {
  const name = identifier(column);
  return sql`SELECT ${name}, count(*) AS ${ROWS} FROM ${table.from}${whereOf(where?.sql)} GROUP BY ${name}`;
}

/** Value counts of a column as something to select from, when they are not kept. */
export const valueCounts = (table: TableSql, column: string, where?: Filter): ValueCountsSql => ({
  column,
  from: sql`(${valueCountsSql(table, column, where)})`,
});

/** Columns `value` and `rows`. */
export function valuesSql({ column, from }: ValueCountsSql, { by, limit }: Values): Sql {
  const name = identifier(column);
  const order = by === 'value' ? name : sql`${ROWS} DESC, ${name}`;
  return sql`SELECT ${name} AS "value", ${ROWS} AS "rows" FROM ${from} WHERE ${name} IS NOT NULL ORDER BY ${order} LIMIT ${literal(limit)}`;
}

/** Column `found`. */
export function distinctSql({ column, from }: ValueCountsSql, { when }: Distinct): Sql {
  return sql`SELECT count(*) AS "found" FROM ${from}${whereOf(sql`${identifier(column)} IS NOT NULL`, when)}`;
}

/** Values at places of the ascending order, as `r0`, `r1`, …: the first value whose rows reach beyond the place. */
export function ranksSql({ column, from }: ValueCountsSql, { ranks }: Ranks): Sql {
  const name = identifier(column);
  const reached = sql`SELECT ${name}, sum(${ROWS}) OVER (ORDER BY ${name}) AS "assay#reach" FROM ${from} WHERE ${name} IS NOT NULL`;
  const found = ranks.map(
    (rank, i) => sql`min(${name}) FILTER (WHERE "assay#reach" > ${literal(rank)}) AS ${identifier(`r${i}`)}`,
  );
  return sql`SELECT ${joinSql(found, ', ')} FROM (${reached}) AS reached`;
}
