import type { Call } from '../../core/kernels/phases';
import type { SharedKeys } from '../../core/kernels/shared-keys';
import type { TextNames, UnpackRoom } from '../../core/kernels/unpacking';
import type { Crew, Work } from '../crew';
import type { Watcher } from '../duckdb/session';
import type { PlacedColumn } from '../pages/plain';
import { type PlacedChunk, unpackWork } from '../pages/unpack-work';

/** A column of a table, and where its values go: byte offsets. */
export interface PagePlan {
  readonly column: PlacedColumn;
  readonly to: number;
  readonly as: /** f64 a row. */
    | { readonly kind: 'number' }
    /** u8 a row: whether it is this number, or the place of this text among the names. */
    | { readonly kind: 'equal'; readonly value: number; readonly names?: TextNames }
    /** u16 a row. */
    | { readonly kind: 'place'; readonly names: TextNames };
}

/** What one thread works with. */
export interface PageHand {
  readonly room: UnpackRoom;
  /** A key column of another table: as it lies in the file, and its values. */
  readonly other: { readonly packed: number; readonly values: number };
}

export interface PageReading {
  /** Rows by row group, which are the same in every table. */
  readonly groups: readonly number[];
  readonly columns: readonly PagePlan[];
  /** Keys of tables; those of the first must all differ, and others be the same. */
  readonly keys: readonly PlacedColumn[];
  /** Where the first table's keys are spread. */
  readonly spread: SharedKeys;
  readonly hands: readonly PageHand[];
}

/** `refused`: somebody else has to read. `unlike`: keys of tables differ, or one is there twice, or that cannot be told. */
export type PageOutcome = 'read' | 'refused' | 'unlike';

/** Keys are the same where their bytes are: only where these differ, other tables are unpacked. */
type Comparing = 'bytes' | 'values';

/** Reads columns, and compares keys, by row groups. @throws the signal's reason, or what a thread threw */
export async function readPages(
  crew: Crew,
  reading: PageReading,
  { signal, onProgress }: Watcher,
): Promise<PageOutcome> {
  const comparing = haveSameForm(reading.keys) ? 'bytes' : 'values';
  let stopped = await crew.share(tasksOf(reading, comparing), signal, onProgress);
  if (stopped === 'differ' && comparing === 'bytes') {
    reading.spread.clear(crew.memory);
    stopped = await crew.share(tasksOf(reading, 'values'), signal, onProgress);
  }
  // Keys that gather in a place repeat, or hardly differ: nobody else could prove them.
  if (stopped === 'differ' || stopped === 'spreadKeys') return 'unlike';
  if (stopped !== undefined) return 'refused';
  const compared = reading.hands.map((_, hand) => reading.spread.compare(hand));
  return (await crew.share(compared, signal)) === undefined ? 'read' : 'unlike';
}

/** Bytes of the same form and number, which are the same values where they are the same. */
const haveSameForm = ([first, ...others]: readonly PlacedColumn[]): boolean =>
  others.every(({ type, optional, chunks }) => {
    const isSame = ({ bytes, snappy }: PlacedChunk, group: number) =>
      bytes === first?.chunks[group]?.bytes && snappy === first.chunks[group]?.snappy;
    return type === first?.type && optional === first.optional && chunks.every(isSame);
  });

const tasksOf = (reading: PageReading, comparing: Comparing): readonly (readonly Work[])[] =>
  reading.hands.map((own, hand) => {
    let start = 0;
    return reading.groups.map((rows, group): Work => {
      const here = { group, rows, start };
      start += rows;
      return [...keyCalls(reading, own, hand, here, comparing), ...columnCalls(reading, own, here)];
    });
  });

interface RowGroup {
  readonly group: number;
  readonly rows: number;
  readonly start: number;
}

function chunkOf({ chunks }: PlacedColumn, { group }: RowGroup): PlacedChunk {
  const chunk = chunks[group];
  if (chunk === undefined) throw new RangeError(`${chunks[0]?.path}: has no row group ${group}`);
  return chunk;
}

function keyCalls(
  { keys: [first, ...others], spread }: PageReading,
  { room, other }: PageHand,
  hand: number,
  here: RowGroup,
  comparing: Comparing,
): Work {
  if (first === undefined) return [];
  const same = others.flatMap((theirs): Work => {
    const chunk = chunkOf(theirs, here);
    if (comparing === 'values') {
      return [...unpackWork(chunk, room, other.values), ['differ', room.values, other.values, 8 * here.rows]];
    }
    const { path, from, bytes } = chunk;
    return [
      ['read', path, from, bytes, other.packed],
      ['differ', room.packed, other.packed, bytes],
    ];
  });
  return [...unpackWork(chunkOf(first, here), room), ...same, spread.spread(hand, room.values, here.rows)];
}

function columnCalls({ columns }: PageReading, { room }: PageHand, here: RowGroup): Work {
  return columns.flatMap(({ column, to, as }): Work => {
    const chunk = chunkOf(column, here);
    if (as.kind === 'number') return unpackWork(chunk, room, to + 8 * here.start);
    const call: Call =
      as.kind === 'place'
        ? ['narrow', room.values, here.rows, to + 2 * here.start]
        : ['markEqual', room.values, here.rows, as.value, to + here.start];
    return [...unpackWork(chunk, room, room.values, as.names), call];
  });
}
