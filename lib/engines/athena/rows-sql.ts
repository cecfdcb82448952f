import type { Filter, RepeatFault, RowFault, StepFault } from '../../core/data/plan';
import { all, ROW, whereOf } from '../../core/data/sql';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { AthenaTable } from './table';

/** Trino takes no greater limit of sorted rows. */
const MOST_LIMIT = 2 ** 31 - 1;

/** Name of the column with the object that a row is from. */
export const FILE = sql`"#file"`;

/**
 * Rows with a fault, as `v0`, `v1`, …, `row`, `file` and `key`: the first ones by place where rows have one, else by
 * file, key and values, so that the same data show the same rows.
 */
export function exampleRows(
  { table }: AthenaTable,
  fault: RowFault | RepeatFault | StepFault,
  columns: readonly string[],
  limit: number,
  where?: Filter,
): Sql {
  const values = columns.map((column, i) => sql`${identifier(column)} AS ${identifier(`v${i}`)}`);
  const key = table.key === undefined ? sql`NULL` : identifier(table.key);
  const shown = joinSql([...values, sql`${ROW} AS "row"`, sql`${FILE} AS "file"`, sql`${key} AS "key"`], ', ');
  const order = joinSql(
    [ROW, FILE, ...(table.key === undefined ? [] : [identifier(table.key)]), ...columns.map(identifier)],
    ', ',
  );
  return sql`SELECT ${shown} FROM ${faulty(table.numbered, fault, where)} ORDER BY ${order}${limit > MOST_LIMIT ? sql`` : sql` LIMIT ${literal(limit)}`}`;
}

/** What stands behind FROM: rows with the fault alone. */
function faulty(numbered: Sql, fault: RowFault | RepeatFault | StepFault, where: Filter | undefined): Sql {
  if (fault.kind === 'row') return sql`${numbered} AS rows_${whereOf(fault.when, where?.sql)}`;
  const inner = fault.kind === 'step' ? sql`${identifier(fault.column)} IS NOT NULL` : fault.among;
  const window =
    fault.kind === 'step'
      ? sql`lag(${identifier(fault.column)}) OVER (ORDER BY ${ROW})`
      : sql`count(*) OVER (PARTITION BY ${joinSql(fault.columns.map(identifier), ', ')})`;
  const broken = fault.kind === 'step' ? fault.broken(identifier(fault.column), sql`"#beside"`) : sql`"#beside" > 1`;
  const beside = sql`(SELECT *, ${window} AS "#beside" FROM ${numbered} AS rows_${whereOf(inner, where?.sql)})`;
  return sql`${beside} AS beside WHERE ${all(broken)}`;
}
