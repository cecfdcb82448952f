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

const TYPES: ReadonlySet<string> = new Set<PhysicalType>(['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY']);
const CODECS: ReadonlySet<string> = new Set(['SNAPPY', 'UNCOMPRESSED']);

interface Leaf {
  readonly [name: string]: string | number | null;
  readonly name: string;
  readonly children: number | null;
  readonly repetition: string | null;
}

interface Found {
  readonly [name: string]: string | number | boolean | null;
  readonly row_group: number;
  readonly rows: number;
  readonly column: string;
  readonly type: string;
  readonly codec: string;
  readonly start: number;
  readonly bytes: number;
  readonly unpacked: number;
  readonly missing: number | null;
}

/**
 * What the footer of a Parquet file tells of its pages. Columns whose names differ in their case alone are left out.
 *
 * @param only columns that are asked about; of a wide table it takes long to tell of all. @default all of them
 */
export async function openPages(session: DuckDbSession, path: string, only?: readonly string[]): Promise<PagedTable> {
  const file = literal(path);
  const among = joinSql((only ?? []).map(literal), ', ');
  const asked = only === undefined || only.length === 0 ? sql`` : sql` WHERE path_in_schema IN (${among})`;
  const [leaves, found] = await Promise.all([
    session.rowsBeside<Leaf>(
      sql`SELECT name, num_children AS children, repetition_type AS repetition FROM parquet_schema(${file})`,
    ),
    session.rowsBeside<Found>(sql`
      SELECT row_group_id AS row_group, row_group_num_rows AS "rows", path_in_schema AS "column", type, compression AS codec,
        CASE WHEN dictionary_page_offset > 0 THEN least(dictionary_page_offset, data_page_offset) ELSE data_page_offset END AS start,
        total_compressed_size AS bytes, total_uncompressed_size AS unpacked, stats_null_count AS missing
      FROM parquet_metadata(${file})${asked} ORDER BY row_group_id`),
  ]);
  const groups: number[] = [];
  for (const { row_group, rows } of found) groups[row_group] = rows;
  const columns = new Map<string, PagedColumn>();
  for (const { name, optional } of plainLeaves(leaves)) {
    const chunks = found.filter(({ column }) => column === name);
    const [{ type } = { type: '' }] = chunks;
    const plain = chunks.every((each) => each.type === type && CODECS.has(each.codec) && (each.missing ?? 0) === 0);
    if (!TYPES.has(type) || !plain || chunks.length !== groups.length) continue;
    columns.set(name, {
      type: type as PhysicalType,
      optional,
      chunks: chunks.map(({ start, bytes, unpacked, codec }) => ({
        from: start,
        bytes,
        unpackedBytes: unpacked,
        snappy: codec === 'SNAPPY',
      })),
    });
  }
  return { path, groups, columns };
}

/** Columns that neither lie in others nor repeat, each by a name that no other one has. */
function plainLeaves([root, ...others]: readonly Leaf[]): readonly { name: string; optional: boolean }[] {
  const top: Leaf[] = [];
  let at = 0;
  for (let left = root?.children ?? 0; left > 0; left -= 1) {
    const leaf = others[at];
    if (leaf === undefined) break;
    top.push(leaf);
    // All that lies within it comes before the next one.
    for (let inner = 1; inner > 0; at += 1) inner += (others[at]?.children ?? 0) - 1;
  }
  const count = (name: string) => top.filter((each) => each.name.toLowerCase() === name.toLowerCase()).length;
  return top.flatMap(({ name, children, repetition }) =>
    (children ?? 0) === 0 && repetition !== 'REPEATED' && count(name) === 1
      ? [{ name, optional: repetition !== 'REQUIRED' }]
      : [],
  );
}
