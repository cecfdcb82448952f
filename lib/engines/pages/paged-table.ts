import type { PhysicalType } from '../../core/kernels/unpacking';
import { joinSql, literal, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';

/** A column of a row group, as it lies in its file. */
export interface Chunk {
  readonly from: number;
  readonly bytes: number;
  /** Most that a page, or all of them, may take once unpacked. */
  readonly unpackedBytes: number;
  readonly snappy: boolean;
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
  if (found.some((each) => each.file !== path) || /=[^/]*\//.test(path)) return { path, groups, columns };
  for (const leaf of plainLeaves(leaves)) {
    const chunks = byColumn.get(leaf.name) ?? [];
    const type = typeOf(leaf, chunks);
    if (type === undefined || chunks.length !== groups.length) continue;
    columns.set(leaf.name, { type, optional: leaf.repetition !== 'REQUIRED', chunks: chunks.map(chunkOf) });
  }
  return { path, groups, columns };
}

/** How all of a column's values lie in the file, if the kernel may read them. */
function typeOf({ meaning }: Leaf, chunks: readonly Found[]): PhysicalType | undefined {
  const type = chunks[0]?.type ?? '';
  if (!(type in HELD) || !HELD[type as PhysicalType].includes(meaning ?? '')) return undefined;
  const isPlain = (each: Found) =>
    each.type === type && CODECS.has(each.codec) && (each.missing ?? 0) === 0 && each.held === each.rows;
  const isWhere = ({ from, bytes, unpackedBytes }: Chunk) => from >= MAGIC_BYTES && bytes > 0 && unpackedBytes >= 0;
  return chunks.every(isPlain) && chunks.map(chunkOf).every(isWhere) ? (type as PhysicalType) : undefined;
}

/** As DuckDB has it: data pages follow a dictionary, if there is one. Some writers say 0 where there is none. */
const chunkOf = ({ dictionary, data, bytes, unpacked, codec }: Found): Chunk => ({
  from: dictionary >= MAGIC_BYTES ? dictionary : data,
  bytes,
  unpackedBytes: unpacked,
  snappy: codec === 'SNAPPY',
});

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
