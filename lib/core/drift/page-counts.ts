import type { Call } from '../kernels/phases';
import { takeUnpackRoom, type UnpackLimits, type UnpackRoom } from '../kernels/unpacking';
import type { KernelMemory, Layout } from '../kernels/wasm';
import type { ValueCounts } from './ladder';

/** Cells of a grid: as many as 16 bits number, because DuckDB counts groups of so small a type in an array. */
export const CELLS = 65_536;

const FORMS = { equal: 0, clamped: 1, open: 2 } as const;

/** How numbers are put in cells, 0 to CELLS − 1; see lib/engines/drift/grid.ts, whose SQL has the same arithmetic. */
export interface CellFormula {
  readonly form: keyof typeof FORMS;
  readonly origin: number;
  readonly scale: number;
}

/** Slots of a table of values, as a power of 2: one that fits a core's cache, and one for all that are counted one by one. */
const SMALL_TABLE = 15;
const LARGE_TABLE = 19;
const SLOT_BYTES = 16;

/** Values that are picked by one thread. */
const MOST_PICKED = (2 ** LARGE_TABLE * SLOT_BYTES) / 8;

/** Where one thread has its chunk, and what it finds in all of its chunks: byte offsets. */
export interface HandRoom {
  readonly unpack: UnpackRoom;
  /** Rows by cell, values with their rows, or values that were picked. */
  readonly found: number;
  readonly state: number;
}

/** Where columns are counted one after another. */
export interface CountRoom {
  readonly memory: KernelMemory;
  readonly hands: readonly HandRoom[];
  /** Of cells whose values are picked. */
  readonly marks: number;
}

/** Lays the room out for so many threads; `memory()` of the layout then makes it. */
export function takeCountRoom(threads: number, limits: UnpackLimits, layout: Layout): Omit<CountRoom, 'memory'> {
  const hands = Array.from({ length: threads }, () => ({
    unpack: takeUnpackRoom(limits, layout),
    found: layout.take(2 ** LARGE_TABLE * SLOT_BYTES),
    state: layout.take(8),
  }));
  return { hands, marks: layout.take(CELLS + 2) };
}

/** Values of a chunk that was unpacked. */
export interface Unpacked {
  readonly rows: number;
  /** Whether they are whole numbers. */
  readonly whole: boolean;
}

/**
 * What is done with each chunk, by any thread, and told of all of them in the end: whole numbers that are added up, so that nobody
 * can tell who did what. Its calls return 0 unless `Outcome` cannot be told.
 */
export interface ChunkCount<Outcome> {
  /** Before the first chunk. */
  readonly clear: () => void;
  readonly call: (chunk: Unpacked, hand: HandRoom) => Call;
  readonly outcome: () => Outcome;
}

/** Rows of one column by cell. */
export interface CellRows {
  readonly cells: Float64Array;
  readonly nan: number;
  /** Rows whose numbers are in no cell. */
  readonly outside: number;
}

const valuesAt = ({ rows, whole }: Unpacked, { unpack }: HandRoom) => [unpack.values, rows, whole ? 1 : 0] as const;

export function cellCount({ memory, hands }: CountRoom, { form, origin, scale }: CellFormula): ChunkCount<CellRows> {
  const counts = hands.map(({ found }) => new Uint32Array(memory.buffer, found, CELLS + 2));
  return {
    clear: () => {
      for (const own of counts) own.fill(0);
    },
    call: (chunk, hand) => ['countCells', ...valuesAt(chunk, hand), FORMS[form], origin, scale, hand.found],
    outcome: () => {
      const cells = new Float64Array(CELLS + 2);
      for (const own of counts) addTo(cells, own);
      return { cells: cells.subarray(0, CELLS), nan: cells[CELLS] as number, outside: cells[CELLS + 1] as number };
    },
  };
}

/** Not a closure: all columns share what the compiler learns of it. */
function addTo(sums: Float64Array, counts: Uint32Array): void {
  for (let i = 0; i < counts.length; i += 1) sums[i] = (sums[i] as number) + (counts[i] as number);
}

/** Values in some cells, in no order. */
export function cellPick(
  { memory, hands, marks }: CountRoom,
  { form, origin, scale }: CellFormula,
  cells: readonly number[],
): ChunkCount<Float64Array> {
  const states = hands.map(({ state }) => new Uint32Array(memory.buffer, state, 1));
  return {
    clear: () => {
      const marked = new Uint8Array(memory.buffer, marks, CELLS + 2).fill(0);
      for (const cell of cells) marked[cell] = 1;
      for (const state of states) state[0] = 0;
    },
    call: (chunk, hand) => {
      const to = [marks, hand.found, MOST_PICKED, hand.state] as const;
      return ['pickCells', ...valuesAt(chunk, hand), FORMS[form], origin, scale, ...to];
    },
    outcome: () => {
      const picked = hands.map(({ found }, hand) => new Float64Array(memory.buffer, found, states[hand]?.[0] ?? 0));
      const all = new Float64Array(picked.reduce((sum, { length }) => sum + length, 0));
      picked.reduce((start, own) => {
        all.set(own, start);
        return start + own.length;
      }, 0);
      return all;
    },
  };
}

/** Values with their rows, ascending; of −0 and 0, which are equal, 0. */
export interface ValueRows extends ValueCounts {
  readonly nan: number;
}

/** Sizes of tables of values, to be tried in this order where a thread finds too many for the one before. */
export const tablesOf = (most: number): readonly ValueTable[] => [
  { slots: SMALL_TABLE, most: Math.min(most, 2 ** (SMALL_TABLE - 1)) },
  { slots: LARGE_TABLE, most: Math.min(most, 2 ** (LARGE_TABLE - 1)) },
];

export interface ValueTable {
  readonly slots: number;
  readonly most: number;
}

export function valueCount({ memory, hands }: CountRoom, { slots, most }: ValueTable): ChunkCount<ValueRows> {
  const bytes = 2 ** slots * SLOT_BYTES;
  return {
    clear: () => {
      for (const { found, state } of hands) {
        new Uint8Array(memory.buffer, found, bytes).fill(0);
        new Uint32Array(memory.buffer, state, 2).fill(0);
      }
    },
    call: (chunk, hand) => ['countValues', ...valuesAt(chunk, hand), hand.found, slots, most, hand.state],
    outcome: () => {
      const rows = new Map<number, number>();
      let nan = 0;
      for (const { found, state } of hands) {
        nan += new Uint32Array(memory.buffer, state, 2)[1] as number;
        const values = new Float64Array(memory.buffer, found, bytes / 8);
        addRows(rows, values, new Uint32Array(memory.buffer, found, bytes / 4));
      }
      const values = Float64Array.from(rows.keys()).sort();
      return { values, counts: values.map((value) => rows.get(value) ?? 0), nan };
    },
  };
}

/** @param values first half of each slot; `counts` has their rows in the third quarter of the same slot */
function addRows(rows: Map<number, number>, values: Float64Array, counts: Uint32Array): void {
  for (let slot = 0; slot < values.length / 2; slot += 1) {
    const own = counts[4 * slot + 2] as number;
    if (own === 0) continue;
    const value = values[2 * slot] as number;
    rows.set(value, (rows.get(value) ?? 0) + own);
  }
}
