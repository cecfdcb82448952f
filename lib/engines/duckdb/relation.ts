import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Column } from '../../core/data/table';
import { didYouMean } from '../../core/nearest';
import type { CellSource } from '../../core/sql/cells';
import { identifier, type Sql, sql } from '../../core/sql/sql';
import { TableError } from '../table-error';
import { checkNames, csvHeader } from './header';
import { csvReader, csvTextReader, type FileFormat, jsonReader, jsonTextReader, parquetReader } from './readers';
import type { DuckDbSession } from './session';

export type { FileFormat } from './readers';

/** A column, and how its cells are held: `cellAs(identifier(name), column, declared)` reads them as a declared type. */
export interface RelationColumn extends CellSource {
  readonly name: string;
}

/** A table in files, as something to select from. */
export interface Relation {
  /** For people, e.g. `train.csv`. */
  readonly name: string;
  readonly format: FileFormat;
  /** In the order in which rows are numbered. */
  readonly files: readonly string[];
  /** What stands behind FROM. */
  readonly from: Sql;
  /** In the file's order. */
  readonly columns: readonly RelationColumn[];
}

export interface RelationOptions {
  /** For people; tells the format. @default the first path */
  readonly name?: string;
  /**
   * `typed`: cells are converted while reading; one that is not of its type ends the scan with an error. DuckDB's
   * conversions are wider than `parseText` (spaces, rounding).
   * `text`: CSV cells stay text, JSON fields JSON values, Parquet as it is, and `cellAs` of core/sql/cells.ts reads them
   * with exactly the meaning of `parseText`/`hasType`, NULL where it cannot, so that a scan can point at the cell.
   *
   * @default 'typed'
   */
  readonly mode?: 'typed' | 'text';
  /** Declared types of `typed`; other columns are inferred. No column needs to be there. */
  readonly types?: readonly Column[];
}

/**
 * Opens files of one format and one set of columns as one table.
 *
 * @param paths files
 * @throws TableError when a file is missing, of an unknown format, or no table
 */
export async function openRelation(
  session: DuckDbSession,
  paths: readonly string[],
  { name = paths[0] ?? '', mode = 'typed', types = [] }: RelationOptions = {},
): Promise<Relation> {
  const format = formatOf(name);
  for (const path of paths) {
    if (!existsSync(path)) throw new TableError(`${path}: there is no such file`);
  }
  try {
    const from = await readerOf(session, format, paths, mode, types, name);
    const described = await session.rows<{ column_name: string; column_type: string }>(
      sql`DESCRIBE SELECT * FROM ${from}`,
    );
    const held = mode === 'typed' || format === 'parquet' ? 'typed' : format === 'csv' ? 'text' : 'json';
    const columns = described.map(({ column_name, column_type }) => ({ name: column_name, type: column_type, held }));
    return { name, format, files: paths, from, columns: columns as readonly RelationColumn[] };
  } catch (error) {
    if (error instanceof TableError) throw error;
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new TableError(`${name}: cannot be read: ${line}`, { cause: error });
  }
}

/** @throws TableError for a name that tells no format */
export function formatOf(name: string): FileFormat {
  const bare = name.toLowerCase().replace(/\.(gz|zst)$/, '');
  if (bare.endsWith('.csv')) return 'csv';
  if (name.toLowerCase().endsWith('.parquet')) return 'parquet';
  if (/\.(jsonl|ndjson|json)$/.test(bare)) return 'jsonl';
  throw new TableError(
    `${name}: is read when its name ends in .csv, .parquet or .jsonl (with .gz or .zst where packed)`,
  );
}

const SAMPLE_ROWS = 204_800;

async function readerOf(
  session: DuckDbSession,
  format: FileFormat,
  paths: readonly string[],
  mode: 'typed' | 'text',
  types: readonly Column[],
  name: string,
): Promise<Sql> {
  if (format === 'parquet') return parquetReader(paths);
  if (format === 'csv') {
    const [first = ''] = paths;
    const header = await csvHeader(session, first, paths.length === 1 ? name : basename(first));
    return mode === 'text' ? csvTextReader(paths, header) : csvReader(paths, header, types, SAMPLE_ROWS);
  }
  const found = await session.rows<{ column_name: string }>(sql`DESCRIBE SELECT * FROM ${jsonTextReader(paths)}`);
  const fields = found.map(({ column_name }) => column_name);
  checkNames(fields, name);
  return mode === 'text' ? jsonTextReader(paths, fields) : jsonReader(paths, fields, types);
}

/** A column of a relation, quoted. @throws TableError naming the columns there are */
export function columnOf(relation: Relation, name: string): Sql {
  if (relation.columns.some((column) => column.name === name)) return identifier(name);
  const known = relation.columns.map((column) => column.name);
  throw new TableError(
    `${relation.name}: has no column "${name}"${didYouMean(name, known)}; it has ${known.join(', ')}`,
  );
}
