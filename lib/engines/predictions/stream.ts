import duckdb from '@duckdb/node-bindings';
import { joinSql, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import type { Plain } from './plain';

/** How a column arrives; the expression has exactly this type in SQL. */
export type Kind = 'DOUBLE' | 'UTINYINT' | 'USMALLINT' | 'INTEGER' | 'BIGINT';

export interface StreamColumn {
  readonly value: Sql;
  readonly kind: Kind;
  /** Stands where there is NULL. Without it there never is. */
  readonly missing?: number;
  /** Where values go; as long as there are rows. @default an array of their own */
  readonly into?: Values | undefined;
  /** Where it follows from a column of a Parquet file by itself. */
  readonly plain?: Plain | undefined;
}

/** A column that is looked at and not kept. */
export interface WatchedColumn {
  readonly value: Sql;
  readonly kind: Kind;
  /** Gets one block after another, each only until it returns; the next one comes when what it returns is there. */
  readonly look: (block: Block) => Promise<unknown> | undefined;
}

export interface Block {
  /** Of the values in the column's own form; of no use where there is NULL. */
  readonly bytes: Uint8Array;
  readonly hasNull: boolean;
}

/** A column that is kept. */
export interface Streamed {
  readonly values: Values;
  /** Whether NULL was met where it may be. */
  readonly hasNull: boolean;
}

export type Values = Float64Array | Uint8Array | Uint16Array | Int32Array | BigInt64Array;

const ARRAYS = {
  DOUBLE: Float64Array,
  UTINYINT: Uint8Array,
  USMALLINT: Uint16Array,
  INTEGER: Int32Array,
  BIGINT: BigInt64Array,
} as const;

/** Rows of one block for which DuckDB keeps a bit each. */
const WORD_BITS = 8;
const FIRST_ROOM = 65_536;

/**
 * Columns of a table in the order of its files, as typed arrays: blocks of DuckDB's memory are copied as they are, and no row
 * becomes an object.
 *
 * @param rows how many rows there are, if that is known; arrays grow otherwise
 * @param watched come before the columns
 * @returns the columns that are kept
 * @throws DuckDB's own error
 */
export async function streamColumns(
  session: DuckDbSession,
  from: Sql,
  columns: readonly StreamColumn[],
  rows = 0,
  watched: readonly WatchedColumn[] = [],
): Promise<readonly Streamed[]> {
  const list = joinSql(
    [...watched, ...columns].map(({ value }) => value),
    ', ',
  );
  const result = await session.stream(sql`SELECT ${list} FROM ${from}`);
  const kept = columns.map((column) => new Kept(column, rows));
  let read = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    const count = chunk?.rowCount ?? 0;
    if (chunk === null || count === 0) break;
    for (const [index, { kind, look }] of watched.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
      const bytes = duckdb.vector_get_data(vector, count * ARRAYS[kind].BYTES_PER_ELEMENT);
      const wait = look({ bytes, hasNull: nullsOf(vector, count) !== undefined });
      if (wait !== undefined) await wait;
    }
    for (const [index, column] of kept.entries()) {
      column.take(duckdb.data_chunk_get_vector(chunk.chunk, watched.length + index), count, read);
    }
    read += count;
  }
  return kept.map((column) => ({ values: column.upTo(read), hasNull: column.hasNull }));
}

/** The bits of a block's rows, 0 where there is NULL; `undefined` if there is none. */
export function nullsOf(vector: duckdb.Vector, count: number): Uint8Array | undefined {
  // Nothing for a block whose values are all there, which the types do not say.
  const bits: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  if (bits === null) return undefined;
  const whole = Math.floor(count / WORD_BITS);
  for (let byte = 0; byte < whole; byte += 1) if (bits[byte] !== 0xff) return bits;
  const rest = 2 ** (count % WORD_BITS) - 1;
  return ((bits[whole] ?? 0) & rest) === rest ? undefined : bits;
}

/** The values of a column so far. */
export class Kept {
  private values: Values;
  private bytes: Uint8Array;
  hasNull = false;

  constructor(
    private readonly column: StreamColumn,
    rows: number,
  ) {
    this.values = column.into ?? new ARRAYS[column.kind](rows);
    this.bytes = bytesOf(this.values);
  }

  /** Takes the values of `count` rows from row `read` on. */
  take(vector: duckdb.Vector, count: number, read: number): void {
    if (read + count > this.values.length) this.grow(read + count);
    const width = this.values.BYTES_PER_ELEMENT;
    this.bytes.set(duckdb.vector_get_data(vector, count * width), read * width);
    const { missing } = this.column;
    const bits = missing === undefined ? undefined : nullsOf(vector, count);
    if (missing === undefined || bits === undefined) return;
    this.hasNull = true;
    for (let row = 0; row < count; row += 1) {
      if ((((bits[row >> 3] as number) >> (row & 7)) & 1) === 0) this.values[read + row] = missing;
    }
  }

  private grow(rows: number): void {
    const grown = new ARRAYS[this.column.kind](Math.max(2 * this.values.length, rows, FIRST_ROOM));
    bytesOf(grown).set(this.bytes);
    this.values = grown;
    this.bytes = bytesOf(grown);
  }

  /** A view where rows fill the room, a copy else. */
  upTo(rows: number): Values {
    return rows === this.values.length ? this.values : this.values.slice(0, rows);
  }
}

const bytesOf = (array: Values): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
