import { type KeySpan, keyCheckBytes } from '../../core/kernels/keys';
import { SharedKeys } from '../../core/kernels/shared-keys';
import { takeUnpackRoom, type UnpackRoom, unpackLimits } from '../../core/kernels/unpacking';
import { fits, type KernelMemory, Layout } from '../../core/kernels/wasm';
import { Crew, type Work } from '../crew';
import type { DuckDbSession } from '../duckdb/session';
import { openPages, rowsOf } from '../pages/paged-table';
import { type PlacedChunk, unpackWork } from '../pages/unpack-work';
import { firstDiffer, SHARE } from './distinct';

/** Fewer rows are spread before another thread has started. */
const ROWS_FOR_TWO = 2_000_000;
const BYTES = 8;

/** A column of whole numbers with a sign in a Parquet file, whose values are those of the table. */
export interface KeyColumn {
  readonly path: string;
  readonly name: string;
}

/**
 * Proves that the values of a column differ, as `provesDistinct` does, from the pages of its file: threads of ours unpack and spread
 * them, beside whatever DuckDB does with other columns.
 *
 * @param span of the column, and the number of rows that there are
 * @param signal ends it; it is then not proved
 * @returns false when some are equal, or it cannot be told; `undefined` where pages are none for this, cannot be read, or there is
 * not the memory: DuckDB has its own way, and says what is wrong with a file
 * @throws the reason of the session's signal
 */
export async function provesByPages(
  session: DuckDbSession,
  column: KeyColumn,
  span: KeySpan,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const chunks = await chunksOf(session, column, span.rows);
  if (chunks === undefined || keyCheckBytes(span) > SHARE * session.memoryLimit) return undefined;
  const hands = session.threads > 1 && span.rows >= ROWS_FOR_TWO ? 2 : 1;
  const layout = new Layout();
  const keys = new SharedKeys(span, hands, layout);
  const limits = unpackLimits(chunks);
  const rooms = Array.from({ length: hands }, () => takeUnpackRoom(limits, layout));
  if (!fits(layout.bytes) || layout.bytes > SHARE * session.memoryLimit) return undefined;
  const ended = AbortSignal.any([signal, session.watcher.signal ?? signal]);
  const work = { chunks, rooms, keys };
  try {
    return await session.lend(layout.bytes, () => allDiffer(layout.memory(), work, ended));
  } catch (error) {
    session.watcher.signal?.throwIfAborted();
    if (signal.aborted) return false;
    throw error;
  }
}

/** The column by row group, if all of its values are there and no other. */
async function chunksOf(
  session: DuckDbSession,
  { path, name }: KeyColumn,
  rows: number,
): Promise<readonly PlacedChunk[] | undefined> {
  const table = await openPages(session, path, [name]);
  const column = table.columns.get(name);
  const whole = column?.type === 'INT32' || column?.type === 'INT64';
  return whole && rowsOf(table) === rows ? column.chunks.map((chunk) => ({ ...chunk, path })) : undefined;
}

interface KeyWork {
  readonly chunks: readonly PlacedChunk[];
  /** By thread. */
  readonly rooms: readonly UnpackRoom[];
  readonly keys: SharedKeys;
}

async function allDiffer(
  memory: KernelMemory,
  { chunks, rooms, keys }: KeyWork,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const crew = new Crew(memory, rooms.length);
  try {
    const [room] = rooms;
    const [chunk] = chunks;
    if (room === undefined || chunk === undefined) return undefined;
    // No pass over a column that repeats from the start.
    if ((await crew.share([[unpackWork(chunk, room)]], signal)) !== undefined) return undefined;
    if (!firstDiffer(new Uint8Array(memory.buffer, room.values, BYTES * chunk.rows))) return false;
    const spread = rooms.map((own, hand) =>
      chunks.map((each): Work => [...unpackWork(each, own), keys.spread(hand, own.values, each.rows)]),
    );
    const stopped = await crew.share(spread, signal);
    if (stopped !== undefined) return stopped === 'spreadKeys' ? false : undefined;
    const compared = rooms.map((_own, hand) => keys.compare(hand));
    return (await crew.share(compared, signal)) === undefined;
  } finally {
    crew.close();
  }
}
