import type { Column, ColumnType } from '../../core/data/table';
import { cellAs } from '../../core/sql/cells';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { csvReader } from './readers';
import type { DuckDbSession } from './session';
import type { TableFile } from './table';

/** Rows from which the types of undeclared CSV columns are inferred. */
export const SAMPLE_ROWS = 204_800;

/** The narrowest type comes first: `1` and `0` are integers, `true` is a boolean. */
const CANDIDATES = ['integer', 'number', 'boolean', 'date', 'timestamp'] as const satisfies readonly ColumnType[];

/**
 * Types of all columns of CSV files: the declared ones, else the first of CANDIDATES that every cell of the first
 * SAMPLE_ROWS rows can be read as; text where there is none, or no cell.
 */
export async function inferred(
  session: DuckDbSession,
  files: readonly TableFile[],
  header: readonly string[],
  declared: readonly Column[],
): Promise<readonly Column[]> {
  const types = new Map(declared.map(({ name, type }) => [name, type]));
  const open = header.filter((name) => !types.has(name));
  if (open.length > 0) {
    const from = csvReader(files, header);
    const fits = joinSql(
      open.map((name, i) => sql`${fitting(identifier(name))} AS ${identifier(`c${i}`)}`),
      ', ',
    );
    const sample = sql`(SELECT * FROM ${from} LIMIT ${literal(SAMPLE_ROWS)})`;
    const [row] = await session.rows<Record<string, ColumnType | null>>(sql`SELECT ${fits} FROM ${sample}`);
    for (const [i, name] of open.entries()) types.set(name, row?.[`c${i}`] ?? 'string');
  }
  return header.map((name) => ({ name, type: types.get(name) ?? 'string' }));
}

/** Name of the first type that all cells fit, or NULL. */
function fitting(cell: Sql): Sql {
  const cases = CANDIDATES.map((type) => {
    const fits = sql`(${cellAs(cell, { held: 'text', type: 'VARCHAR' }, type)}) IS NOT NULL`;
    return sql`WHEN bool_and(${fits}) FILTER (${cell} IS NOT NULL) THEN ${literal(type)}`;
  });
  return sql`CASE ${joinSql(cases, ' ')} END`;
}
