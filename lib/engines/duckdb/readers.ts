import type { Column } from '../../core/data/table';
import { SQL_TYPES } from '../../core/sql/cells';
import { joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import { packingOf } from '../packed';
import type { TableFile } from './table';

const list = (files: readonly TableFile[]): Sql =>
  sql`[${joinSql(
    files.map(({ path }) => literal(path)),
    ', ',
  )}]`;

/** Told, because files that were fetched need not be named for what they hold. */
function compression(files: readonly TableFile[], none: 'none' | 'uncompressed'): Sql {
  const [packing, ...others] = new Set(files.map(({ name }) => packingOf(name)));
  if (others.length > 0) return sql``;
  const how = packing === undefined ? none : ({ gz: 'gzip', zst: 'zstd' } as const)[packing];
  return sql`compression = ${literal(how)}, `;
}

const struct = (types: readonly (readonly [string, Sql])[]): Sql =>
  sql`{${joinSql(
    types.map(([name, type]) => sql`${literal(name)}: ${literal(type.text)}`),
    ', ',
  )}}`;

const textColumns = (header: readonly string[]): Sql => struct(header.map((name) => [name, SQL_TYPES.string]));

// RFC 4180, and an empty field is missing. Nothing of the dialect is guessed: a guess differs from file to file.
const CSV = sql`header = true, delim = ',', quote = '"', escape = '"', nullstr = '', strict_mode = true`;

export const parquetReader = (files: readonly TableFile[]): Sql => sql`read_parquet(${list(files)})`;

/** Cells of the declared types, all others text. */
export function csvReader(files: readonly TableFile[], header: readonly string[], types: readonly Column[] = []): Sql {
  const declared = new Map(types.map(({ name, type }) => [name, SQL_TYPES[type]]));
  const columns = struct(header.map((name) => [name, declared.get(name) ?? SQL_TYPES.string]));
  return sql`read_csv(${list(files)}, ${CSV}, ${compression(files, 'none')}auto_detect = false, columns = ${columns})`;
}

/** Cells as text, for the first rows alone: otherwise each thread fills 32 MB first. A line may have 2 MB. */
export const csvStartReader = (files: readonly TableFile[], header: readonly string[]): Sql =>
  sql`read_csv(${list(files)}, ${CSV}, ${compression(files, 'none')}auto_detect = false, parallel = false, buffer_size = 4194304, columns = ${textColumns(header)})`;

/** Every cell as the text that stands there: an empty field is NULL and `""` is the empty text. */
export const verbatimCsvReader = (files: readonly TableFile[], header: readonly string[]): Sql =>
  sql`read_csv(${list(files)}, ${CSV}, allow_quoted_nulls = false, ${compression(files, 'none')}auto_detect = false, columns = ${textColumns(header)})`;

/** Lines of a zstd file as they are, one column `line`: a control character as delimiter that no text holds. */
export const lineReader = (path: string): Sql =>
  sql`read_csv([${literal(path)}], header = false, auto_detect = false, delim = ${literal('\x01')}, quote = '', escape = '', nullstr = ${literal('\x02')}, strict_mode = false, compression = 'zstd', columns = {'line': 'VARCHAR'})`;

/** What is asked of DuckDB about the fields of JSON lines: every line is looked at, and no object becomes a MAP. */
const JSON_LINES = sql`format = 'newline_delimited', sample_size = -1, map_inference_threshold = -1, field_appearance_threshold = 0`;

/** Every field is a JSON value of its own. @param fields @default found in the files */
export const jsonTextReader = (files: readonly TableFile[], fields?: readonly string[]): Sql =>
  fields === undefined
    ? sql`read_json(${list(files)}, ${compression(files, 'uncompressed')}${JSON_LINES}, maximum_depth = 1)`
    : sql`read_json(${list(files)}, ${compression(files, 'uncompressed')}format = 'newline_delimited', columns = ${struct(fields.map((name) => [name, sql`JSON`]))})`;

/** Fields of the declared types; others are inferred from all lines. */
export function jsonReader(files: readonly TableFile[], fields: readonly string[], types: readonly Column[]): Sql {
  const declared = types.filter(({ name }) => fields.includes(name));
  if (declared.length === fields.length) {
    return sql`read_json(${list(files)}, ${compression(files, 'uncompressed')}format = 'newline_delimited', columns = ${struct(declared.map(({ name, type }) => [name, SQL_TYPES[type]]))})`;
  }
  return sql`read_json(${list(files)}, ${compression(files, 'uncompressed')}${JSON_LINES})`;
}
