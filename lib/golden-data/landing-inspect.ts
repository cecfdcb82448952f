import type { DatasetConfig } from '../config/gates';
import { identifier, joinSql, sql } from '../core/sql/sql';
import { DuckDbSession } from '../engines/duckdb/session';
import type { TableFile } from '../engines/duckdb/table';
import { TableError } from '../engines/table-error';
import { typedCell } from './landing-side';
import { LANDED, ROW, readLanded } from './landing-table';

export interface Inspected {
  readonly rows: number;
  /** Different keys; of rows with equal keys the last one will count. */
  readonly keys: number;
}

/**
 * What can be told of a file before it lands: its columns, its keys, and that every value can be read as its column's
 * type. Whether the values are right is for the gates to say.
 *
 * @throws LandedDataError, TableError in one line that names the file and the first values that cannot be read
 */
export async function inspectLanded(file: TableFile, dataset: DatasetConfig): Promise<Inspected> {
  const session = await DuckDbSession.open();
  try {
    await readLanded(session, [file], { columns: Object.keys(dataset.columns), key: dataset.key });
    await checkValues(session, file, dataset);
    const [found] = await session.rows<{ total: number; keys: number }>(
      sql`SELECT count(*) AS total, count(DISTINCT ${identifier(dataset.key)}) AS keys FROM ${LANDED}`,
    );
    return { rows: found?.total ?? 0, keys: found?.keys ?? 0 };
  } finally {
    session.close();
  }
}

async function checkValues(session: DuckDbSession, { name }: TableFile, { columns }: DatasetConfig): Promise<void> {
  const types = Object.entries(columns);
  const answers = types.flatMap(([column, type], i) => {
    const cell = identifier(column);
    const unreadable = sql`coalesce(${cell}, '') <> '' AND ${typedCell(column, type)} IS NULL`;
    return [
      sql`count(*) FILTER (${unreadable}) AS ${identifier(`count${i}`)}`,
      sql`arg_min(${cell}, ${ROW}) FILTER (${unreadable}) AS ${identifier(`first${i}`)}`,
    ];
  });
  const [found = {}] = await session.rows(sql`SELECT ${joinSql(answers, ', ')} FROM ${LANDED}`);
  const problems = types.flatMap(([column, type], i) => {
    const count = found[`count${i}`];
    const first = JSON.stringify(found[`first${i}`]);
    return count === 0 ? [] : [`${count} values of ${column} cannot be read as ${type} (first: ${first})`];
  });
  if (problems.length > 0) throw new TableError(`${name}: ${problems.join('; ')}`);
}
