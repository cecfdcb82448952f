import { closeSync, openSync, readSync } from 'node:fs';
import type { PhysicalType } from '../../../lib/core/kernels/unpacking';
import { identifier, literal, sql } from '../../../lib/core/sql/sql';
import type { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { openPages } from '../../../lib/engines/pages/paged-table';
import { type Asked, DONE, unpackGuarded } from '../../core/kernels/guarded-unpack';

/** A column of a row group, its bytes, and all else that is needed to unpack it. */
export interface FileChunk {
  readonly column: string;
  readonly bytes: Uint8Array;
  readonly asked: Asked;
}

/** What came of a column: the values that DuckDB reads, or others; or the first status that is none of success. */
export type Came = 'the same' | 'others' | number;

export function readBytes(path: string, from: number, bytes: number): Uint8Array {
  const file = openSync(path, 'r');
  const content = Buffer.alloc(bytes);
  const read = readSync(file, content, 0, bytes, from);
  closeSync(file);
  if (read < bytes) throw new Error(`${path} is shorter than its footer says`);
  return content;
}

/** Chunks of the columns whose pages may be read. Texts have the names that DuckDB finds. */
export async function chunksOf(session: DuckDbSession, path: string): Promise<readonly FileChunk[]> {
  const { groups, columns } = await openPages(session, path);
  const chunks: FileChunk[] = [];
  for (const [column, { type, optional, chunks: places }] of columns) {
    const names = type === 'BYTE_ARRAY' ? await namesOf(session, path, column) : [];
    for (const [group, { from, bytes, unpackedBytes, snappy }] of places.entries()) {
      const asked = { rows: groups[group] ?? 0, type, snappy, optional, names, pageBytes: unpackedBytes };
      chunks.push({ column, bytes: readBytes(path, from, bytes), asked });
    }
  }
  return chunks;
}

async function namesOf(session: DuckDbSession, path: string, column: string): Promise<readonly string[]> {
  const rows = await session.rows<{ name: string }>(
    sql`SELECT DISTINCT ${identifier(column)} AS name FROM read_parquet(${literal(path)}) WHERE name IS NOT NULL ORDER BY name`,
  );
  return rows.map(({ name }) => name);
}

/** What came of each column whose pages may be read, all row groups of it. */
export async function unpackFile(session: DuckDbSession, path: string): Promise<Record<string, Came>> {
  const came: Record<string, Came> = {};
  const chunks = await chunksOf(session, path);
  for (const column of new Set(chunks.map((chunk) => chunk.column))) {
    const own = chunks.filter((chunk) => chunk.column === column);
    const results = own.map(({ bytes, asked }) => unpackGuarded(bytes, asked));
    const refused = results.find(({ status }) => status !== DONE);
    const values = Buffer.concat(results.map((each) => each.values));
    const isSame = async () => values.equals(await wanted(session, path, column, own[0]?.asked as Asked));
    came[column] = refused?.status ?? ((await isSame()) ? 'the same' : 'others');
  }
  return came;
}

/** What DuckDB reads, as the kernel has it. */
async function wanted(session: DuckDbSession, path: string, column: string, { type, names }: Asked): Promise<Buffer> {
  const rows = await session.rows<{ value: number | bigint | string }>(
    sql`SELECT ${identifier(column)} AS value FROM read_parquet(${literal(path)})`,
  );
  const values = rows.map(({ value }) => value);
  const places = new Map((names ?? []).map((name, place) => [name, place]));
  const whole: Readonly<Record<PhysicalType, boolean>> = {
    INT32: true,
    INT64: true,
    FLOAT: false,
    DOUBLE: false,
    BYTE_ARRAY: true,
  };
  const numbers = type === 'BYTE_ARRAY' ? values.map((text) => places.get(text as string) ?? -1) : values;
  const array = whole[type] ? BigInt64Array.from(numbers, BigInt) : Float64Array.from(numbers, Number);
  return Buffer.from(array.buffer);
}
