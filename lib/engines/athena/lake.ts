import type { Column, ColumnType } from '../../core/data/table';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { Relation, RelationColumn } from '../duckdb/relation';
import { type ListedFile, listFiles } from '../listing';
import { TableError } from '../table-error';
import type { ExternalTable } from './glue';
import type { Lake, LakeColumn } from './lines';
import { placeOf } from './stubs';

/** Objects that a statement can name where a folder holds others too. */
const MOST_NAMED = 1000;

/** Types of Parquet columns by DuckDB's names: what they are here, and Hive's name. Others cannot be asked about. */
const TYPES: readonly (readonly [RegExp, ColumnType, string])[] = [
  [/^(TINYINT)$/, 'integer', 'tinyint'],
  [/^(SMALLINT|UTINYINT)$/, 'integer', 'smallint'],
  [/^(INTEGER|USMALLINT)$/, 'integer', 'int'],
  [/^(BIGINT|UINTEGER)$/, 'integer', 'bigint'],
  [/^DOUBLE$/, 'number', 'double'],
  [/^FLOAT$/, 'number', 'float'],
  [/^DECIMAL\((\d+),(\d+)\)$/, 'number', 'decimal($1,$2)'],
  [/^BOOLEAN$/, 'boolean', 'boolean'],
  [/^DATE$/, 'date', 'date'],
  [/^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/, 'timestamp', 'timestamp'],
  [/^VARCHAR$/, 'string', 'string'],
];

const known = (stored: string) => TYPES.find(([pattern]) => pattern.test(stored));

/** A column of files whose shape is known, with the declared type where there is one. */
function lakeColumn(
  relation: Relation,
  column: RelationColumn,
  index: number,
  declared: ColumnType | undefined,
): LakeColumn {
  const { name } = column;
  const own = known(column.type)?.[1] ?? 'other';
  if (relation.format === 'parquet') {
    const type = declared ?? own;
    return { name, type, held: own, index, checked: declared !== undefined && declared !== own };
  }
  const held = relation.format === 'csv' ? 'text' : 'json';
  // Of lines, undeclared columns have the type that was inferred from the first file.
  const type = declared ?? own;
  return { name, type, held, index, checked: type !== 'other' && !(held === 'text' && type === 'string') };
}

/** What statements read of files in S3. @param needed columns that anything is asked about; all when absent */
export function lakeOf(
  relation: Relation,
  table: ExternalTable,
  only: Sql | undefined,
  declared: readonly Column[],
  needed: readonly string[] | undefined,
): Lake {
  const columns = relation.columns
    .map((column, i) => lakeColumn(relation, column, i, declared.find(({ name }) => name === column.name)?.type))
    .filter(({ name }) => needed?.includes(name) ?? true)
    // Lists and structures are no columns of the external table.
    .filter(({ held }) => relation.format !== 'parquet' || held !== 'other');
  return {
    format: relation.format,
    table: sql`${identifier(table.database)}.${identifier(table.name)}`,
    ...(only === undefined ? {} : { only }),
    width: relation.columns.length,
    columns:
      columns.length === 0
        ? relation.columns.slice(0, 1).map((column, i) => lakeColumn(relation, column, i, undefined))
        : columns,
  };
}

/** Columns of the external table on Parquet files, in Hive's words; Glue knows names in small letters alone. */
export const hiveColumns = (relation: Relation): ExternalTable['columns'] =>
  relation.columns.flatMap(({ name, type }) => {
    const found = known(type);
    return found === undefined ? [] : [{ name: name.toLowerCase(), type: type.replace(found[0], found[2]) }];
  });

export interface Folder {
  readonly location: string;
  /** Rows of the wanted objects, where the folder holds others too. */
  readonly only?: Sql;
}

/**
 * The folder that an external table on these objects lies on.
 *
 * @throws TableError for objects of several buckets, or more than can be named among others
 */
export async function folderOf(files: readonly ListedFile[], what: string): Promise<Folder> {
  const places = files.map(({ name }) => placeOf(name));
  const [first = { bucket: '', key: '' }] = places;
  if (places.some(({ bucket }) => bucket !== first.bucket)) {
    throw new TableError(`${what}: lies in several buckets; Athena reads one folder`);
  }
  let folder = first.key.slice(0, first.key.lastIndexOf('/') + 1);
  while (!places.every(({ key }) => key.startsWith(folder)))
    folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  const location = `s3://${first.bucket}/${folder}`;
  const there = await listFiles(location);
  if (there.length === files.length) return { location };
  if (files.length > MOST_NAMED) {
    throw new TableError(
      `${what}: is ${files.length} of the ${there.length} objects of ${location}; Athena is told ${MOST_NAMED} by name at most: put them into a folder`,
    );
  }
  const names = joinSql(
    files.map(({ name }) => literal(name)),
    ', ',
  );
  return { location, only: sql`"$path" IN (${names})` };
}
