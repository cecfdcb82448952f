import type { Column, Value } from '../../core/data/table';
import { cellAs } from '../../core/sql/cells';
import { identifier, joinSql, type Sql, sql } from '../../core/sql/sql';
import type { Row, Table } from '../rows';
import { openRelation, type Relation, type RelationColumn } from './relation';
import { DuckDbSession } from './session';
import type { TableFile } from './table';
import { plainValue } from './values';

/**
 * A Parquet file as rows, for what goes row by row: counting, and the input of batch transform. Columns that are not
 * declared keep their numbers and truth values; other cells are text.
 *
 * @throws TableError when it is no Parquet file
 */
export async function openParquetRows(file: TableFile, columns: readonly Column[]): Promise<Table> {
  const session = await DuckDbSession.open({ threads: 1 });
  try {
    const relation = await openRelation(session, [file.path], { name: file.name });
    const header = relation.columns.map(({ name }) => name);
    return { header, rows: rowsOf(session, relation, new Map(columns.map((column) => [column.name, column]))) };
  } catch (error) {
    session.close();
    throw error;
  }
}

async function* rowsOf(
  session: DuckDbSession,
  relation: Relation,
  declared: ReadonlyMap<string, Column>,
): AsyncGenerator<Row> {
  try {
    const cells = relation.columns.flatMap((column) => cellsOf(column, declared.get(column.name)));
    const result = await session.stream(sql`SELECT ${joinSql(cells, ', ')} FROM ${relation.from}`);
    for (let line = 1; ; ) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      for (const row of chunk.getRows()) yield rowOf(line++, relation.columns, row.map(plainValue) as readonly Value[]);
    }
  } finally {
    session.close();
  }
}

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL\(.*\))$/;

/** The cell as its type, and as text. */
function cellsOf(column: RelationColumn, declared: Column | undefined): readonly Sql[] {
  const cell = identifier(column.name);
  const text = sql`CAST(${cell} AS VARCHAR)`;
  if (declared !== undefined) {
    const value = cellAs(cell, column, declared.type);
    // Days and times are text in rows, as they are in CSV.
    if (declared.type === 'date') return [sql`CAST(${value} AS VARCHAR)`, text];
    if (declared.type === 'timestamp') return [sql`replace(CAST(${value} AS VARCHAR), ' ', 'T')`, text];
    return [value, text];
  }
  if (NUMBER.test(column.type)) return [sql`CAST(${cell} AS DOUBLE)`, text];
  return [column.type === 'BOOLEAN' ? cell : text, text];
}

function rowOf(line: number, columns: readonly RelationColumn[], cells: readonly Value[]): Row {
  const values: Record<string, Value> = {};
  const unreadable: string[] = [];
  for (const [i, { name }] of columns.entries()) {
    const [value = null, text = null] = [cells[2 * i], cells[2 * i + 1]];
    if (value === null && text !== null) unreadable.push(name);
    values[name] = value ?? text;
  }
  return { line, values, unreadable };
}
