import type { Column, ColumnType } from '../../core/data/table';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { TableError } from '../rows';
import type { DuckDbSession } from './session';

/** What a file holds, told by its name; `.gz` and `.zst` are read as they are. */
export type FileFormat = 'csv' | 'parquet' | 'jsonl';

/** A table in files, as something to select from. */
export interface Relation {
  /** For people, e.g. `train.csv`. */
  readonly name: string;
  readonly format: FileFormat;
  /** What stands behind FROM. */
  readonly from: Sql;
  /** In the file's order, with DuckDB's names of the types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface RelationOptions {
  /** For people. @default the first path */
  readonly name?: string;
  /** Declared types; other columns are inferred. A cell that is not of its declared type is an error. */
  readonly types?: readonly Column[];
}

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

/**
 * Opens files of one format and one set of columns as one table.
 *
 * @param paths files or DuckDB globs
 * @throws TableError when a file is missing, of an unknown format, or no table
 */
export async function openRelation(
  session: DuckDbSession,
  paths: readonly string[],
  { name = paths[0] ?? '', types = [] }: RelationOptions = {},
): Promise<Relation> {
  const format = formatOf(name);
  const from = readerOf(format, paths, types);
  try {
    const described = await session.rows<{ column_name: string; column_type: string }>(
      sql`DESCRIBE SELECT * FROM ${from}`,
    );
    const columns = described.map(({ column_name, column_type }) => ({ name: column_name, type: column_type }));
    return { name, format, from, columns };
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new TableError(`${name}: cannot be read: ${line}`, { cause: error });
  }
}

/** @throws TableError for a name that tells no format */
export function formatOf(name: string): FileFormat {
  const bare = name.toLowerCase().replace(/\.(gz|zst)$/, '');
  if (bare.endsWith('.csv')) return 'csv';
  if (bare.endsWith('.parquet')) return 'parquet';
  if (/\.(jsonl|ndjson|json)$/.test(bare)) return 'jsonl';
  throw new TableError(
    `${name}: is read when its name ends in .csv, .parquet or .jsonl (with .gz or .zst where packed)`,
  );
}

function readerOf(format: FileFormat, paths: readonly string[], types: readonly Column[]): Sql {
  const files = sql`[${joinSql(
    paths.map((path) => literal(path)),
    ', ',
  )}]`;
  if (format === 'parquet') return sql`read_parquet(${files})`;
  const declared = types.map(({ name, type }) => sql`${literal(name)}: ${literal(SQL_TYPES[type])}`);
  const struct = sql`{${joinSql(declared, ', ')}}`;
  if (format === 'csv') {
    const typed = types.length === 0 ? sql`` : sql`, types = ${struct}`;
    return sql`read_csv(${files}, header = true, nullstr = ''${typed})`;
  }
  return sql`read_json(${files}, format = 'newline_delimited'${types.length === 0 ? sql`` : sql`, columns = ${struct}`})`;
}

/** A column of a relation, quoted. @throws TableError naming the columns there are */
export function columnOf(relation: Relation, name: string): Sql {
  if (relation.columns.some((column) => column.name === name)) return identifier(name);
  const known = relation.columns.map((column) => column.name).join(', ');
  throw new TableError(`${relation.name}: has no column ${name}; it has ${known}`);
}
