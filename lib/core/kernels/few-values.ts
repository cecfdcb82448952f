import type { GroupMoments } from './moments';
import type { Call, Results } from './phases';
import type { PartOffsets } from './room';
import type { KernelMemory } from './wasm';

/** More distinct scores are sorted. */
const MOST_VALUES = 32_768;
const SLOTS_LOG = 16;

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
  /** Negatives and positives of each; placements of each stand here in the end. */
  readonly counts: Uint32Array;
}

/**
 * Placements by value, from rows by value; each part's table then has its values' own.
 *
 * @param found how many values each part has
 * @returns `undefined` if there are too many
 */
export function placeValues(
  { buffer }: KernelMemory,
  parts: readonly PartOffsets[],
  found: readonly number[],
): GroupMoments | undefined {
  if (found.some((count) => count > MOST_VALUES)) return undefined;
  const tables = parts.map((part, index): Counted => {
    const { values, counts } = tableOf(part);
    const length = found[index] ?? 0;
    return { values: new Float64Array(buffer, values, length), counts: new Uint32Array(buffer, counts, 2 * length) };
  });
  const sorted = Float64Array.from(new Set(tables.flatMap(({ values }) => [...values]))).sort();
  const place = new Map(Array.from(sorted, (value, index) => [value, index]));
  const counts = new Float64Array(2 * sorted.length);
  const each = (visit: (table: Counted, at: number, merged: number) => void) => {
    for (const table of tables) {
      for (const [index, value] of table.values.entries()) visit(table, 2 * index, 2 * (place.get(value) ?? 0));
    }
  };
  each((table, at, merged) => {
    for (const label of [0, 1])
      counts[merged + label] = (counts[merged + label] ?? 0) + (table.counts[at + label] ?? 0);
  });
  const { moments, placements } = placementsOfCounts(counts);
  each((table, at, merged) => table.counts.set(placements.subarray(merged, merged + 2), at));
  return moments;
}

/** @param counts negatives and positives of each value, in the order of values */
function placementsOfCounts(counts: Float64Array): { placements: Uint32Array; moments: GroupMoments } {
  const placements = new Uint32Array(counts.length);
  const rows = [0, 0] as [number, number];
  for (const [index, count] of counts.entries()) rows[(index % 2) as 0 | 1] += count;
  let [below, above] = [0, rows[1]];
  const sums = [0, 0] as [number, number];
  const squares = [0n, 0n] as [bigint, bigint];
  for (let at = 0; at < counts.length; at += 2) {
    const [negatives, positives] = [counts[at] ?? 0, counts[at + 1] ?? 0];
    for (const [label, count, placement] of [
      [0, negatives, 2 * above - positives],
      [1, positives, 2 * below + negatives],
    ] as const) {
      placements[at + label] = placement;
      sums[label] += count * placement;
      squares[label] += BigInt(count) * BigInt(placement) * BigInt(placement);
    }
    below += negatives;
    above -= positives;
  }
  const ofClass = (label: 0 | 1) => ({ rows: rows[label], sum: sums[label], squares: squares[label] });
  return { placements, moments: [ofClass(0), ofClass(1)] };
}

/** How many values each part found. @param call which of the calls of each part it was */
export const foundValues = (results: Results, call: number): readonly number[] =>
  results.map((returned) => returned[call] ?? Number.POSITIVE_INFINITY);
