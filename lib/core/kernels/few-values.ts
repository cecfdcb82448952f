import { type GroupMoments, momentsOf } from './moments';
import type { Call, Phases, Results } from './phases';
import { type BinaryRoom, type PartOffsets, STATE_BYTES } from './room';
import type { KernelMemory } from './wasm';

/** More distinct scores are sorted. */
const MOST_VALUES = 16_384;
const SLOTS_LOG = 15;

/** Where a part has its table of values, within its scratch. */
const tableOf = ({ scratch }: PartOffsets) => ({
  slots: scratch,
  values: scratch + 2 ** SLOTS_LOG * 16,
  counts: scratch + 2 ** SLOTS_LOG * 16 + MOST_VALUES * 8,
});

/** Rows of a part, their scores and labels, and where their placements go. */
export interface FewRows {
  readonly scores: number;
  readonly labels: number;
  readonly from: number;
  readonly to: number;
  readonly doubled: number;
}

/** Numbers of values wait in the upper half of the room for placements, which overtake them at the end. */
const numbersOf = ({ doubled, from, to }: FewRows): number => doubled + 4 * from + 2 * (to - from);

/** Numbers the distinct scores of a part, whose table must be zero. */
export function distinctCall({ scores, labels, ...rows }: FewRows, part: PartOffsets): Call {
  const { slots, values, counts } = tableOf(part);
  const { from, to } = rows;
  const numbers = numbersOf({ scores, labels, ...rows });
  return ['distinct', scores, labels, from, to, slots, SLOTS_LOG, MOST_VALUES, numbers, values, counts];
}

export function lookUpCall(rows: FewRows, part: PartOffsets): Call {
  return ['lookUp', numbersOf(rows), rows.labels, rows.from, rows.to, tableOf(part).counts, rows.doubled];
}

/** Others work where the tables are. */
export function clearTables({ buffer }: KernelMemory, parts: readonly PartOffsets[]): void {
  for (const part of parts) {
    const { slots, counts } = tableOf(part);
    new Uint8Array(buffer, slots, counts + 8 * MOST_VALUES - slots).fill(0);
  }
}

interface Counted {
  readonly values: Float64Array;
  /** Negatives and positives of each. */
  readonly counts: Uint32Array;
}

/**
 * Placements by value, from rows by value; each part's table then has its values' own.
 *
 * @param found how many values each part has
 * @returns `undefined` if there are too many
 */
export function* placeValues({ at, memory }: BinaryRoom, found: readonly number[]): Phases<GroupMoments | undefined> {
  if (found.some((count) => count > MOST_VALUES)) return undefined;
  const { buffer } = memory;
  const tables = at.parts.map((part, index): Counted => {
    const { values, counts } = tableOf(part);
    const length = found[index] ?? 0;
    return { values: new Float64Array(buffer, values, length), counts: new Uint32Array(buffer, counts, 2 * length) };
  });
  const sorted = mergedValues(tables);
  // Slots of the tables are not needed any more.
  const merged = at.parts[0]?.scratch ?? 0;
  const counts = new Uint32Array(buffer, merged, 2 * sorted.length).fill(0);
  const places = tables.map(({ values }) => placesOf(values, sorted));
  for (const [index, own] of tables.entries()) addAt(counts, own.counts, places[index] ?? NO_PLACES);
  const rows = new Float64Array(2);
  for (let cell = 0; cell < counts.length; cell += 1)
    rows[cell % 2] = (rows[cell % 2] as number) + (counts[cell] as number);
  const state = at.parts[0]?.state ?? 0;
  new Uint32Array(buffer, state, (2 * STATE_BYTES) / 4).fill(0)[0] = rows[1] ?? 0;
  yield [[['placeCounts', merged, sorted.length, state]]];
  for (const [index, own] of tables.entries()) takeFrom(counts, own.counts, places[index] ?? NO_PLACES);
  return momentsOf(memory, [state], rows)[0];
}

/** Distinct values of all parts, ascending. */
function mergedValues(tables: readonly Counted[]): Float64Array {
  const all = new Float64Array(tables.reduce((sum, { values }) => sum + values.length, 0));
  let filled = 0;
  for (const { values } of tables) {
    all.set(values, filled);
    filled += values.length;
  }
  all.sort();
  let kept = 0;
  for (let index = 0; index < all.length; index += 1) {
    if (index > 0 && all[index] === all[kept - 1]) continue;
    all[kept] = all[index] as number;
    kept += 1;
  }
  return all.subarray(0, kept);
}

const NO_PLACES = new Uint32Array(0);

/** The place of each value among all of them. */
function placesOf(values: Float64Array, sorted: Float64Array): Uint32Array {
  const places = new Uint32Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    places[index] = low;
  }
  return places;
}

/** Adds the two counts of each value. */
function addAt(counts: Uint32Array, own: Uint32Array, places: Uint32Array): void {
  for (let index = 0; index < places.length; index += 1) {
    const place = 2 * (places[index] as number);
    counts[place] = (counts[place] as number) + (own[2 * index] as number);
    counts[place + 1] = (counts[place + 1] as number) + (own[2 * index + 1] as number);
  }
}

/** Takes what has come of them. */
function takeFrom(counts: Uint32Array, own: Uint32Array, places: Uint32Array): void {
  for (let index = 0; index < places.length; index += 1) {
    const place = 2 * (places[index] as number);
    own[2 * index] = counts[place] as number;
    own[2 * index + 1] = counts[place + 1] as number;
  }
}

/** How many values each part found. @param call which of the calls of each part it was */
export const foundValues = (results: Results, call: number): readonly number[] =>
  results.map((returned) => returned[call] ?? Number.POSITIVE_INFINITY);
