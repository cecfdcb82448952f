import { type Ladder, ladderOfValues, type ValueCounts } from '../../../lib/core/drift/ladder';
import type { Random } from '../../../lib/core/statistics';

/** Distinct values in ascending order with their counts. */
export function countValues(values: readonly number[]): ValueCounts {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts.keys()].sort((a, b) => a - b);
  return { values: Float64Array.from(sorted), counts: Float64Array.from(sorted, (value) => counts.get(value) ?? 0) };
}

export const ladderOf = (reference: readonly number[], current: readonly number[]): Ladder =>
  ladderOfValues(countValues(reference), countValues(current));

/** The same rows as cells of equal width, as a scan sees them, with no value known. */
export function cellsOf(reference: readonly number[], current: readonly number[], cells: number): Ladder {
  const all = [...reference, ...current];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const width = (high - low) / cells || 1;
  const cellOf = (value: number) => Math.min(cells - 1, Math.floor((value - low) / width));
  const used = [...new Set(all.map(cellOf))].sort((a, b) => a - b);
  const count = (rows: readonly number[], cell: number) => rows.filter((value) => cellOf(value) === cell).length;
  return {
    low: Float64Array.from(used, (cell) => low + cell * width),
    high: Float64Array.from(used, (cell) => low + (cell + 1) * width),
    reference: Float64Array.from(used, (cell) => count(reference, cell)),
    current: Float64Array.from(used, (cell) => count(current, cell)),
    cell: Int32Array.from(used),
  };
}

/** D from its definition, in O(n²). */
export function naiveKs(reference: readonly number[], current: readonly number[]): number {
  const share = (rows: readonly number[], x: number) => rows.filter((value) => value <= x).length / rows.length;
  return Math.max(...[...reference, ...current].map((x) => Math.abs(share(reference, x) - share(current, x))));
}

export const integers = (random: Random, n: number, below: number): number[] =>
  Array.from({ length: n }, () => Math.floor(random() * below));
