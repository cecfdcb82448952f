import { identifier, literal, type Sql, sql } from '../../sql/sql';
import { type TableSql, whereOf } from './table-sql';

/** Equal cells of a column's range, for places of its order when it has too many distinct values to count each. */
export const CELLS = 4096;

/** A part of a column's range that is known to hold a wanted place. */
export interface Range {
  /** As doubles, or microseconds since 1970. */
  readonly low: number;
  readonly high: number;
}

const inside = (measure: Sql, { low, high }: Range): Sql =>
  sql`${measure} >= ${literal(low)} AND ${measure} <= ${literal(high)}`;

/** Columns `cell`, `rows`, `low`, `high` of the cells that are not empty, ascending. */
export function cellsSql(table: TableSql, measure: Sql, range: Range, where?: Sql): Sql {
  // Halves first: the difference of two great doubles may be infinite.
  const width = sql`(${literal(range.high / 2)} - ${literal(range.low / 2)})`;
  const place = sql`floor((${measure} / 2 - ${literal(range.low / 2)}) / ${width} * ${literal(CELLS)})`;
  return sql`SELECT least(${literal(CELLS - 1)}, ${place}) AS "cell", count(*) AS "rows", min(${measure}) AS "low", max(${measure}) AS "high" FROM ${table.from}${whereOf(inside(measure, range), where)} GROUP BY 1 ORDER BY 1`;
}

/** Value counts of a part of the range, for the exact place. */
export function partSql(table: TableSql, column: string, measure: Sql, range: Range, where?: Sql): Sql {
  const name = identifier(column);
  return sql`SELECT ${name} AS "value", count(*) AS "rows" FROM ${table.from}${whereOf(inside(measure, range), where)} GROUP BY ${name} ORDER BY ${name}`;
}
