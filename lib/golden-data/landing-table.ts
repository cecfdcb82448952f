import { identifier, joinSql, literal, type Sql, sql } from '../core/sql/sql';
import { placesOf } from '../engines/duckdb/places';
import { verbatimCsvReader } from '../engines/duckdb/readers';
import { openRelation } from '../engines/duckdb/relation';
import type { DuckDbSession } from '../engines/duckdb/session';
import type { TableFile } from '../engines/duckdb/table';
import { TableError } from '../engines/table-error';
import { GoldenDataError } from './error';
import { checkLandedColumns, checkLandedName } from './landing-columns';

/** Table with the rows of all landed files, every cell as text. */
export const LANDED = identifier('landed');
/** Its further columns: number of the file (from 1) and of the record in it (from 1). */
export const FILE = identifier('assay:file');
export const ROW = identifier('assay:row');

export const columnList = (names: readonly string[]): Sql => joinSql(names.map(identifier), ', ');

/** Landed files that cannot be taken. */
export class LandedDataError extends GoldenDataError {
  /** @param index of the file that is at fault, among those that landed; undefined when they are together */
  constructor(
    message: string,
    readonly index: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, undefined, options);
  }
}

/** What is read of each file. */
export interface LandedShape {
  /** Columns of the contract, in its order. */
  readonly columns: readonly string[];
  readonly key: string;
}

/**
 * Reads CSV files into the table, in landing order.
 *
 * @returns rows of each file
 * @throws LandedDataError for a file that is no table, has other columns, or a row without a key
 */
export async function readLanded(
  session: DuckDbSession,
  files: readonly TableFile[],
  shape: LandedShape,
): Promise<readonly number[]> {
  const columns = shape.columns.map((name) => sql`${identifier(name)} VARCHAR`);
  await session.rows(sql`CREATE TABLE ${LANDED} (${joinSql(columns, ', ')}, ${FILE} INTEGER, ${ROW} BIGINT)`);
  const rows: number[] = [];
  for (const [index, file] of files.entries()) {
    try {
      rows.push(await readFile(session, file, index + 1, shape));
    } catch (error) {
      if (error instanceof TableError) throw new LandedDataError(error.message, index, { cause: error });
      throw error;
    }
  }
  return rows;
}

async function readFile(
  session: DuckDbSession,
  file: TableFile,
  number: number,
  { columns, key }: LandedShape,
): Promise<number> {
  const { path, name } = file;
  checkLandedName(name);
  const relation = await openRelation(session, [path], { name, names: [name], mode: 'text' });
  const header = relation.columns.map((column) => column.name);
  checkLandedColumns(name, header, columns);
  const record = sql`${literal(number)}, row_number() OVER ()`;
  await session.rows(
    sql`INSERT INTO ${LANDED} SELECT ${columnList(columns)}, ${record} FROM ${verbatimCsvReader([file], header)}`,
  );
  const missing = sql`min(${ROW}) FILTER (coalesce(${identifier(key)}, '') = '')`;
  const [found] = await session.rows<{ total: number; keyless: number | null }>(
    sql`SELECT count(*) AS total, ${missing} AS keyless FROM ${LANDED} WHERE ${FILE} = ${literal(number)}`,
  );
  const { total = 0, keyless = null } = found ?? {};
  if (total === 0) throw new TableError(`${name}: has a header and no rows`);
  if (keyless === null) return total;
  const place = (await placesOf(session, relation, [keyless - 1])).get(keyless - 1);
  throw new TableError(`${name}:${place?.line ?? `record ${keyless}`}: has no ${key}, the key of the dataset`);
}
