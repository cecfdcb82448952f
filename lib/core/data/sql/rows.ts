import { identifier, joinSql, literal, type Sql, sql } from '../../sql/sql';
import type { Filter, RepeatFault, RowFault, StepFault } from '../plan';
import { all, ROW, ROWS, type TableSql, whereOf } from './table-sql';

const list = (columns: readonly string[]): Sql => joinSql(columns.map(identifier), ', ');

/** Groups of rows with the same values, of more than one row each; missing values equal each other here. */
function groups(table: TableSql, { columns, among }: RepeatFault, where?: Filter): Sql {
  return sql`SELECT ${list(columns)}, count(*) AS ${ROWS} FROM ${table.from}${whereOf(among, where?.sql)} GROUP BY ${list(columns)} HAVING count(*) > 1`;
}

/** Column `found`: number of rows in groups of equal values. */
export const repeatsSql = (table: TableSql, fault: RepeatFault, where?: Filter): Sql =>
  sql`SELECT coalesce(sum(${ROWS}), 0) AS "found" FROM (${groups(table, fault, where)}) AS repeated`;

/** Values against the one before them in the file; missing ones are skipped. */
function steps(table: TableSql, { column }: StepFault, where?: Filter): Sql {
  const name = identifier(column);
  return sql`(SELECT *, lag(${name}) OVER (ORDER BY ${ROW}) AS "assay#previous" FROM ${table.numbered} AS rows_${whereOf(sql`${name} IS NOT NULL`, where?.sql)}) AS stepped`;
}

/** Column `found`. */
export const stepsSql = (table: TableSql, fault: StepFault, where?: Filter): Sql =>
  sql`SELECT count(*) AS "found" FROM ${steps(table, fault, where)} WHERE ${fault.broken(identifier(fault.column), sql`"assay#previous"`)}`;

/** What is shown of a row: its values as `v0`, `v1`, …, its place as `row` and its key as `key`. */
function shown({ key }: TableSql, columns: readonly string[]): Sql {
  const values = columns.map((column, i) => sql`${identifier(column)} AS ${identifier(`v${i}`)}`);
  return joinSql(
    [...values, sql`${ROW} AS "row"`, key === undefined ? sql`NULL AS "key"` : sql`${identifier(key)} AS "key"`],
    ', ',
  );
}

/** The first rows, in the file's order. */
export function examplesSql(
  table: TableSql,
  fault: RowFault | RepeatFault | StepFault,
  columns: readonly string[],
  limit: number,
  where?: Filter,
): Sql {
  const end = sql`ORDER BY ${ROW} LIMIT ${literal(limit)}`;
  const what = shown(table, columns);
  if (fault.kind === 'row') {
    return sql`SELECT ${what} FROM ${table.numbered} AS rows_${whereOf(fault.when, where?.sql)} ${end}`;
  }
  if (fault.kind === 'step') {
    const broken = fault.broken(identifier(fault.column), sql`"assay#previous"`);
    return sql`SELECT ${what} FROM ${steps(table, fault, where)} WHERE ${broken} ${end}`;
  }
  const equal = fault.columns.map(
    (column) => sql`repeated.${identifier(column)} IS NOT DISTINCT FROM rows_.${identifier(column)}`,
  );
  const repeated = sql`EXISTS (SELECT 1 FROM (${groups(table, fault, where)}) AS repeated WHERE ${all(...equal)})`;
  return sql`SELECT ${what} FROM ${table.numbered} AS rows_${whereOf(fault.among, where?.sql, repeated)} ${end}`;
}
