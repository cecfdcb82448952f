import type { PackedChunk, PhysicalType } from '../../core/kernels/unpacking';
import { joinSql, literal, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';

/** A column of a row group, as it lies in its file. */
export interface Chunk extends PackedChunk {
  readonly from: number;
  /** Most that a page, or all of them, may take once unpacked. */
  readonly unpackedBytes: number;
}

/** A column at the top level of a Parquet file, of which no NULL is known. */
export interface PagedColumn {
  readonly type: PhysicalType;
  readonly optional: boolean;
  /** One a row group. */
  readonly chunks: readonly Chunk[];
}

/** Where the values of one Parquet file lie. */
export interface PagedTable {
  readonly path: string;
  /** Rows by row group. */
  readonly groups: readonly number[];
  /** Those whose pages may be read; by their names in the file. */
  readonly columns: ReadonlyMap<string, PagedColumn>;
}

export const rowsOf = ({ groups }: PagedTable): number => groups.reduce((sum, rows) => sum + rows, 0);

/** DuckDB's types whose values are those of the file, by how they lie there: not those of dates, decimals or numbers without a sign. */
export const HELD: Readonly<Record<PhysicalType, readonly string[]>> = {
  INT32: ['INTEGER', 'SMALLINT', 'TINYINT'],
  INT64: ['BIGINT'],
  FLOAT: ['FLOAT'],
  DOUBLE: ['DOUBLE'],
  BYTE_ARRAY: ['VARCHAR'],
};
const CODECS: ReadonlySet<string> = new Set(['SNAPPY', 'UNCOMPRESSED']);
/** Bytes before the first page that a file may have. */
const MAGIC_BYTES = 4;

interface Leaf {
  readonly [name: string]: string | number | null;
  readonly name: string;
  readonly children: number | null;
  readonly repetition: string | null;
  readonly meaning: string | null;
}

interface Found {
  readonly [name: string]: string | number | boolean | null;
  readonly file: string;
  readonly row_group: number;
  readonly rows: number;
  readonly held: number;
  readonly column: string;
  readonly type: string;
  readonly codec: string;
  readonly dictionary: number;
  readonly data: number;
  readonly bytes: number;
  readonly unpacked: number;
  readonly missing: number | null;
}

/**
 * What the footer of a Parquet file tells of its pages. Columns whose names differ in their case alone are left out, and all of them
 * where DuckDB may take a path for several files, or for values of columns (`region=north/`).
 *
 * @param only columns that are asked about; of a wide table it takes long to tell of all. @default all of them
 * @throws DuckDB's error for what is no Parquet file
 */
export async function openPages(session: DuckDbSession, path: string, only?: readonly string[]): Promise<PagedTable> {
  const file = literal(path);
  const among = joinSql((only ?? []).map(literal), ', ');
  const asked = only === undefined || only.length === 0 ? sql`` : sql` WHERE path_in_schema IN (${among})`;
  // One after the other: of two at a time, one would go on where the other one fails, and whoever is told closes the session.
  const leaves = await session.rowsBeside<Leaf>(sql`
    SELECT name, num_children AS children, repetition_type AS repetition, duckdb_type AS meaning FROM parquet_schema(${file})`);
  const found = await session.rowsBeside<Found>(sql`
    SELECT file_name AS file, row_group_id AS row_group, row_group_num_rows AS "rows", num_values AS held,
      path_in_schema AS "column", type, compression AS codec, coalesce(dictionary_page_offset, 0) AS dictionary,
      data_page_offset AS data, total_compressed_size AS bytes, total_uncompressed_size AS unpacked, stats_null_count AS missing
    FROM parquet_metadata(${file})${asked} ORDER BY row_group_id`);
  const groups: number[] = [];
  const byColumn = new Map<string, Found[]>();
  for (const each of found) {
    groups[each.row_group] = each.rows;
    const chunks = byColumn.get(each.column);
    if (chunks === undefined) byColumn.set(each.column, [each]);
    else chunks.push(each);
  }
  const columns = new Map<string, PagedColumn>();
  const table = { path, groups, columns };
  if (found.some((each) => each.file !== path) || /=[^/]*\//.test(path)) return table;
  for (const leaf of plainLeaves(leaves)) {
    const column = columnOf(leaf, byColumn.get(leaf.name) ?? []);
    if (column?.chunks.length === groups.length) columns.set(leaf.name, column);
  }
  return table;
}

/** Where all of a column's values lie, if the kernel may read them. */
function columnOf({ meaning, repetition }: Leaf, found: readonly Found[]): PagedColumn | undefined {
  const type = found[0]?.type ?? '';
  if (!isHeld(type) || !HELD[type].includes(meaning ?? '')) return undefined;
  const isPlain = (each: Found) =>
    each.type === type && CODECS.has(each.codec) && (each.missing ?? 0) === 0 && each.held === each.rows;
  const isWhere = ({ from, bytes, unpackedBytes }: Chunk) => from >= MAGIC_BYTES && bytes > 0 && unpackedBytes >= 0;
  const optional = repetition !== 'REQUIRED';
  // As DuckDB has it: data pages follow a dictionary, if there is one. Some writers say 0 where there is none.
  const chunks = found.map(
    ({ rows, dictionary, data, bytes, unpacked, codec }): Chunk => ({
      ...{ rows, type, optional, bytes },
      from: dictionary >= MAGIC_BYTES ? dictionary : data,
      unpackedBytes: unpacked,
      snappy: codec === 'SNAPPY',
    }),
  );
  return found.every(isPlain) && chunks.every(isWhere) ? { type, optional, chunks } : undefined;
}

const isHeld = (type: string): type is PhysicalType => type in HELD;

/** Columns that neither lie in others nor repeat, each by a name that no other one has. */
function plainLeaves([root, ...others]: readonly Leaf[]): readonly Leaf[] {
  const top: Leaf[] = [];
  let at = 0;
  for (let left = root?.children ?? 0; left > 0; left -= 1) {
    const leaf = others[at];
    if (leaf === undefined) break;
    top.push(leaf);
    // All that lies within it comes before the next one.
    for (let inner = 1; inner > 0; at += 1) inner += (others[at]?.children ?? 0) - 1;
  }
  const named = new Map<string, number>();
  for (const { name } of top) named.set(name.toLowerCase(), (named.get(name.toLowerCase()) ?? 0) + 1);
  return top.filter(
    ({ name, children, repetition }) =>
      (children ?? 0) === 0 && repetition !== 'REPEATED' && named.get(name.toLowerCase()) === 1,
  );
}
