import duckdb from '@duckdb/node-bindings';
import { joinSql, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';

/** How a column arrives; the expression has exactly this type in SQL and is never NULL. */
export type Kind = 'DOUBLE' | 'USMALLINT' | 'INTEGER' | 'BIGINT';

export interface StreamColumn {
  readonly value: Sql;
  readonly kind: Kind;
}

export type Values = Float64Array | Uint16Array | Int32Array | BigInt64Array;

const ARRAYS = { DOUBLE: Float64Array, USMALLINT: Uint16Array, INTEGER: Int32Array, BIGINT: BigInt64Array } as const;

/**
 * Columns of a table in the order of its files, as typed arrays: blocks of DuckDB's memory are copied as they are, and no row
 * becomes an object.
 *
 * @param rows how many rows there are, if that is known; arrays grow otherwise
 * @throws DuckDB's own error
 */
export async function streamColumns(
  session: DuckDbSession,
  from: Sql,
  columns: readonly StreamColumn[],
  rows = 0,
): Promise<readonly Values[]> {
  const list = joinSql(
    columns.map(({ value }) => value),
    ', ',
  );
  const result = await session.stream(sql`SELECT ${list} FROM ${from}`);
  let arrays: Values[] = columns.map(({ kind }) => new ARRAYS[kind](rows));
  let bytes = arrays.map(bytesOf);
  let [read, room] = [0, rows];
  for (;;) {
    const chunk = await result.fetchChunk();
    const count = chunk?.rowCount ?? 0;
    if (chunk === null || count === 0) break;
    if (read + count > room) {
      room = Math.max(2 * room, read + count, 65_536);
      arrays = arrays.map((array) => grown(array, room));
      bytes = arrays.map(bytesOf);
    }
    for (let column = 0; column < bytes.length; column += 1) {
      const width = arrays[column]?.BYTES_PER_ELEMENT ?? 0;
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
      bytes[column]?.set(duckdb.vector_get_data(vector, count * width), read * width);
    }
    read += count;
  }
  return read === room ? arrays : arrays.map((array) => array.slice(0, read));
}

const bytesOf = (array: Values): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function grown(array: Values, room: number): Values {
  if (array instanceof Float64Array) return copied(array, new Float64Array(room));
  if (array instanceof Uint16Array) return copied(array, new Uint16Array(room));
  return array instanceof Int32Array ? copied(array, new Int32Array(room)) : copied(array, new BigInt64Array(room));
}

function copied(array: Values, into: Values): Values {
  bytesOf(into).set(bytesOf(array));
  return into;
}
