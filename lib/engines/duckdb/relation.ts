import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { isNativeError } from 'node:util/types';
import type { Column } from '../../core/data/table';
import { didYouMean } from '../../core/nearest';
import type { CellSource, Held } from '../../core/sql/cells';
import { identifier, type Sql, sql } from '../../core/sql/sql';
import { type FileFormat, formatOf } from '../formats';
import { checkPacked } from '../packed';
import { NoSuchColumn, TableError } from '../table-error';
import { inferred } from './inference';
import { explainTable, plain } from './problems';
import { csvReader, jsonReader, jsonTextReader, parquetReader } from './readers';
import { checkParquet, csvColumns, jsonFields } from './schemas';
import type { DuckDbSession } from './session';
import type { TableFile } from './table';
import { explainWhole, typedCsvReader } from './whole';

export { type FileFormat, formatOf } from '../formats';

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
  /** For people, beside `files`. */
  readonly names: readonly string[];
  /** What stands behind FROM. */
  readonly from: Sql;
  /** In the file's order. */
  readonly columns: readonly RelationColumn[];
}

export interface RelationOptions {
  /** For people; tells format and packing where `names` does not. @default the first path */
  readonly name?: string;
  /** Names of the files for people, where they were fetched from elsewhere. @default paths from the working folder */
  readonly names?: readonly string[];
  /**
   * `typed`: cells are converted while reading; one that is not of its type ends the scan with an error. DuckDB's
   * conversions are wider than `parseText` (spaces, `1_000`), but an integer is never rounded.
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
  { name = paths[0] ?? '', names, mode = 'typed', types = [] }: RelationOptions = {},
): Promise<Relation> {
  const format = formatOf(names?.[0] ?? name);
  const files = paths.map((path, i) => ({
    path,
    name: names?.[i] ?? (paths.length === 1 ? name : relative(process.cwd(), path)),
  }));
  for (const file of files) await checkFile(file);
  if (format === 'jsonl') await keepOrder(session);
  try {
    let header: readonly string[] = [];
    let columnTypes = types;
    session.explainWith(explainTable(session, { format, files, header: () => header, types: () => columnTypes }));
    const named = { format, files: paths, names: files.map((file) => file.name) };
    session.explainWith(explainWhole(session, named, () => header));
    header = await columnsOf(session, format, files);
    if (format === 'csv' && mode === 'typed') columnTypes = await inferred(session, files, header, types);
    const from = readerOf(format, files, mode, columnTypes, header);
    const described = await session.rows<{ column_name: string; column_type: string }>(
      sql`DESCRIBE SELECT * FROM ${from}`,
    );
    const held = heldBy(format, mode);
    const columns = described.map(({ column_name, column_type }) => ({ name: column_name, type: column_type, held }));
    return { name, ...named, from, columns };
  } catch (error) {
    if (error instanceof TableError || !isNativeError(error)) throw error;
    const [file = { path: name, name }] = files;
    throw new TableError(`${name}: cannot be read: ${plain(error.message, file)}`, { cause: error });
  }
}

/**
 * With several threads DuckDB's JSON reader now and then hands over the last rows of a file before the first, and two scans of
 * the same file then differ. Places of rows, and columns that are read side by side, need the file's order.
 */
const keepOrder = (session: DuckDbSession) => session.rows(sql`SET threads = 1`);

async function checkFile({ path, name }: TableFile): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new TableError(`${name}: there is no such file`);
  if (!found.isFile()) throw new TableError(`${name}: is no file`);
  if (found.size === 0) throw new TableError(`${name}: is empty: a header and rows are needed`);
  await checkPacked(path, name);
}

function heldBy(format: FileFormat, mode: 'typed' | 'text'): Held {
  if (mode === 'typed' || format === 'parquet') return 'typed';
  return format === 'csv' ? 'text' : 'json';
}

async function columnsOf(
  session: DuckDbSession,
  format: FileFormat,
  files: readonly TableFile[],
): Promise<readonly string[]> {
  if (format === 'csv') return csvColumns(session, files);
  if (format === 'jsonl') return jsonFields(session, files);
  await checkParquet(session, files);
  return [];
}

function readerOf(
  format: FileFormat,
  files: readonly TableFile[],
  mode: 'typed' | 'text',
  types: readonly Column[],
  header: readonly string[],
): Sql {
  if (format === 'parquet') return parquetReader(files);
  if (format === 'csv') return mode === 'text' ? csvReader(files, header) : typedCsvReader(files, header, types);
  return mode === 'text' ? jsonTextReader(files, header) : jsonReader(files, header, types);
}

/** A column of a relation, quoted. @throws NoSuchColumn naming the columns there are */
export const columnOf = (relation: Relation, name: string): Sql => identifier(columnNamed(relation, name).name);

/** @throws NoSuchColumn naming the columns there are */
export function columnNamed(relation: Relation, name: string): RelationColumn {
  const found = relation.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const known = relation.columns.map((column) => column.name);
  throw new NoSuchColumn(
    `${relation.name}: has no column "${name}"${didYouMean(name, known)}; it has ${known.join(', ')}`,
    name,
  );
}
