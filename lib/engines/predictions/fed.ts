import duckdb from '@duckdb/node-bindings';
import { KeyCheck, type KeySpan, keyCheckBytes } from '../../core/kernels/keys';
import type { BinaryRoom } from '../../core/kernels/room';
import { joinSql, type Sql, sql } from '../../core/sql/sql';
import { feedBlocks, type TakeBlock } from '../duckdb/feed';
import type { DuckDbSession } from '../duckdb/session';
import { Kept, nullsOf, type StreamColumn, type Streamed } from './stream';

const KEY_BYTES = 8;

/** A table whose rows are numbered. */
export interface NumberedTable {
  readonly from: Sql;
  readonly row: Sql;
  /** BIGINT; absent for a table that has the rows of another one. */
  readonly key?: Sql | undefined;
}

/**
 * Reads tables into one room, each by as many threads as DuckDB has: blocks come in any order and say themselves which rows they
 * hold. Keys wait in places that nobody needs yet, until those of all tables are there.
 */
export class FedTables {
  private readonly check: KeyCheck | undefined;
  /** Keys of each table. */
  private readonly keys: Uint8Array[] = [];
  private readonly feeds: Promise<boolean>[] = [];
  /** Whether all may fit still. */
  private sound = true;

  /** @param span of the first table's keys, and how many rows every table has to have */
  constructor(
    private readonly session: DuckDbSession,
    private readonly room: BinaryRoom,
    private readonly span: KeySpan,
  ) {
    if (keyCheckBytes(span) < Number.POSITIVE_INFINITY) this.check = new KeyCheck(span);
    else this.sound = false;
  }

  /** Of no use unless `areAlike`. @throws DuckDB's own error, once nobody reads any more */
  async read({ from, row, key }: NumberedTable, columns: readonly StreamColumn[]): Promise<readonly Streamed[]> {
    const kept = columns.map((column) => new Kept(column, this.span.rows));
    const tiles = new Tiles();
    const takeKeys = key === undefined ? undefined : this.keysOf();
    const ahead = key === undefined ? [row] : [row, key];
    const take: TakeBlock = (block, rows) => {
      const vector = (index: number) => duckdb.data_chunk_get_vector(block, index);
      const at = firstRow(vector(0));
      this.sound &&= at + rows <= this.span.rows;
      if (this.sound && takeKeys !== undefined) this.sound = takeKeys(vector(1), rows, at);
      if (!this.sound) return false;
      tiles.add(at, rows);
      for (const [index, column] of kept.entries()) column.take(vector(ahead.length + index), rows, at);
      return true;
    };
    const values = joinSql([...ahead, ...columns.map(({ value }) => value)], ', ');
    const types = [...ahead.map(() => 'BIGINT' as const), ...columns.map(({ kind }) => kind)];
    const feed = feedBlocks(this.session, sql`SELECT ${values} FROM ${from}`, types, take);
    this.feeds.push(feed);
    try {
      this.sound = (await feed) && tiles.cover(this.span.rows) && this.sound;
    } catch (error) {
      // Whoever hears of it closes the session, which the threads of other scans would keep from closing.
      this.sound = false;
      await Promise.allSettled(this.feeds);
      throw error;
    }
    return kept.map((column) => ({ values: column.upTo(this.span.rows), hasNull: column.hasNull }));
  }

  /** @returns false if keys cannot be what they have to be */
  private keysOf(): (vector: duckdb.Vector, rows: number, at: number) => boolean {
    const place = this.room.spare[this.keys.length];
    if (place === undefined) throw new RangeError('there are more tables than places for keys');
    const isFirst = this.keys.push(place) === 1;
    return (vector, rows, at) => {
      if (nullsOf(vector, rows) !== undefined) return false;
      const bytes = duckdb.vector_get_data(vector, rows * KEY_BYTES);
      place.set(bytes, at * KEY_BYTES);
      return !isFirst || this.check?.add(bytes) === true;
    };
  }

  /** Whether every row was there once, of all tables that were read. */
  get isComplete(): boolean {
    return this.sound;
  }

  /** Whether tables have the same keys in the same order, and no key twice. Once all were read, and before the room is used. */
  areAlike(): boolean {
    const [first, ...others] = this.keys;
    if (!this.sound || first === undefined) return false;
    return others.every((other) => Buffer.compare(first, other) === 0) && this.check?.allDiffer() === true;
  }
}

/** Rows of a block of a scan follow each other. */
function firstRow(vector: duckdb.Vector): number {
  const bytes = duckdb.vector_get_data(vector, 8);
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true));
}

/** Runs of rows, which lie side by side if they are all there once. */
class Tiles {
  private readonly tiles: (readonly [at: number, rows: number])[] = [];

  add(at: number, rows: number): void {
    this.tiles.push([at, rows]);
  }

  cover(rows: number): boolean {
    let end = 0;
    for (const [at, count] of this.tiles.toSorted(([a], [b]) => a - b)) {
      if (at !== end) return false;
      end += count;
    }
    return end === rows;
  }
}
