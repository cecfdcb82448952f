import { scaleOf } from './cells';
import { sortPartition } from './partition-sort';

/** Set on the first row of each run of equal scores. */
export const TIE_START = 0x8000_0000;
/** The row number behind an entry of `order`. */
export const ROW_MASK = 0x7fff_ffff;

/** Rows in ascending order of score: row numbers, those that begin a run of equal scores with TIE_START set. −0 equals 0. */
export type RankOrder = Uint32Array;

const CELLS = 65_536;
/** Rows a partition: with their row numbers they fit a core's cache. */
const PARTITION_ROWS = 16_384;

/**
 * Sorts by spreading: values fall into 65,536 cells of equal width, runs of cells make partitions of about equal mass, and each
 * partition is sorted in cache. O(n) for scores that spread, O(n log n) at worst (see `sortPartition`); equal scores cost nothing.
 *
 * @param scores finite; at most 2³¹ − 1
 * @throws RangeError naming the first score that is no finite number
 */
export function rankOrder(scores: Float64Array): RankOrder {
  const { length } = scores;
  const order = new Uint32Array(length);
  if (length === 0) return order;
  const [min, max] = rangeOf(scores);
  const values = length <= PARTITION_ROWS ? inOnePartition(scores, order) : scatter(scores, min, max, order);
  markTies(values, order);
  return order;
}

/** Smallest and largest score. @throws RangeError for NaN and infinities */
export function rangeOf(scores: Float64Array): readonly [min: number, max: number] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row] as number;
    // Written so that NaN takes the branch too.
    if (!(score - score === 0)) throw new RangeError(`row ${row}: a score is a finite number; got ${score}`);
    if (score < min) min = score;
    if (score > max) max = score;
  }
  return [min, max];
}

function inOnePartition(scores: Float64Array, rows: Uint32Array): Float64Array {
  const values = scores.slice();
  for (let row = 0; row < rows.length; row += 1) rows[row] = row;
  sortPartition(values, rows, 0, values.length);
  return values;
}

/** Fills `rows` in ascending order of score and returns the sorted scores. */
function scatter(scores: Float64Array, min: number, max: number, rows: Uint32Array): Float64Array {
  const { length } = scores;
  const scale = scaleOf(min, max, CELLS);
  const partitions = partitionsOf(scores, min, scale);
  const next = partitions.starts.slice();
  const values = new Float64Array(length);
  const { ofCell } = partitions;
  for (let row = 0; row < length; row += 1) {
    const score = scores[row] as number;
    const partition = ofCell[((score - min) * scale) | 0] as number;
    const place = next[partition] as number;
    next[partition] = place + 1;
    values[place] = score;
    rows[place] = row;
  }
  for (let partition = 0; partition < partitions.count; partition += 1) {
    sortPartition(values, rows, partitions.starts[partition] as number, next[partition] as number);
  }
  return values;
}

interface Partitions {
  readonly count: number;
  readonly ofCell: Uint16Array;
  readonly starts: Uint32Array;
}

/** Runs of cells with at least PARTITION_ROWS rows each; a cell is never split. */
function partitionsOf(scores: Float64Array, min: number, scale: number): Partitions {
  const counts = new Uint32Array(CELLS);
  for (let row = 0; row < scores.length; row += 1) {
    const cell = (((scores[row] as number) - min) * scale) | 0;
    counts[cell] = (counts[cell] as number) + 1;
  }
  const ofCell = new Uint16Array(CELLS);
  const starts = new Uint32Array(CELLS + 1);
  let [count, mass, total] = [0, 0, 0];
  for (let cell = 0; cell < CELLS; cell += 1) {
    const inCell = counts[cell] as number;
    if (mass > 0 && mass + inCell > PARTITION_ROWS) {
      count += 1;
      starts[count] = total;
      mass = 0;
    }
    ofCell[cell] = count;
    mass += inCell;
    total += inCell;
  }
  return { count: count + 1, ofCell, starts };
}

function markTies(values: Float64Array, order: Uint32Array): void {
  let previous = Number.NaN;
  for (let index = 0; index < order.length; index += 1) {
    const value = values[index] as number;
    if (value !== previous) order[index] = (order[index] as number) | TIE_START;
    previous = value;
  }
}
