import { scaleOf } from './cells';

/** A cell with more rows is merge-sorted, since insertion is quadratic. */
const INSERTION_ROWS = 24;
const LARGEST_CELLS = 1 << 20;

let cells = new Uint32Array(0);
let spareValues = new Float64Array(0);
let spareRows = new Uint32Array(0);

/** Scratch that grows with the largest partition and is kept: fresh memory costs more than the sort of a small partition. */
function reserve(rows: number, count: number): void {
  if (spareValues.length < rows) {
    spareValues = new Float64Array(rows * 2);
    spareRows = new Uint32Array(rows * 2);
  }
  if (cells.length < count + 1) cells = new Uint32Array(count + 1);
  cells.fill(0, 0, count + 1);
}

/**
 * Sorts `values[start, end)` ascending and takes `rows` along: counting sort into as many cells of equal width as there are rows,
 * then insertion within cells, or a merge sort where a cell is crowded. O(n) for values that spread, O(n log n) at worst.
 * Stable, so equal values stay in the order of their rows.
 */
export function sortPartition(values: Float64Array, rows: Uint32Array, start: number, end: number): void {
  const length = end - start;
  if (length <= INSERTION_ROWS) {
    insertionSort(values, rows, start, end);
    return;
  }
  let [min, max] = [values[start] as number, values[start] as number];
  for (let index = start + 1; index < end; index += 1) {
    const value = values[index] as number;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min === max) return;
  const count = Math.min(2 ** Math.ceil(Math.log2(length)), LARGEST_CELLS);
  const scale = scaleOf(min, max, count);
  reserve(length, count);
  countingSort(values, rows, start, end, min, scale, count);
  // Each cell's count has become its end.
  let from = start;
  for (let cell = 0; cell < count; cell += 1) {
    const to = start + (cells[cell] as number);
    if (to - from > INSERTION_ROWS) mergeSort(values, rows, from, to);
    from = to;
  }
  insertionSort(values, rows, start, end);
}

function countingSort(
  values: Float64Array,
  rows: Uint32Array,
  start: number,
  end: number,
  min: number,
  scale: number,
  count: number,
): void {
  for (let index = start; index < end; index += 1) {
    const cell = ((((values[index] as number) - min) * scale) | 0) + 1;
    cells[cell] = (cells[cell] as number) + 1;
  }
  let total = 0;
  for (let cell = 1; cell <= count; cell += 1) {
    const inCell = cells[cell] as number;
    total += inCell;
    cells[cell] = total;
  }
  const length = end - start;
  for (let offset = 0; offset < length; offset += 1) {
    spareValues[offset] = values[start + offset] as number;
    spareRows[offset] = rows[start + offset] as number;
  }
  for (let offset = 0; offset < length; offset += 1) {
    const value = spareValues[offset] as number;
    const cell = ((value - min) * scale) | 0;
    const place = start + (cells[cell] as number);
    cells[cell] = place - start + 1;
    values[place] = value;
    rows[place] = spareRows[offset] as number;
  }
}

function insertionSort(values: Float64Array, rows: Uint32Array, start: number, end: number): void {
  for (let index = start + 1; index < end; index += 1) {
    const value = values[index] as number;
    if ((values[index - 1] as number) <= value) continue;
    const row = rows[index] as number;
    let place = index;
    while (place > start && (values[place - 1] as number) > value) {
      values[place] = values[place - 1] as number;
      rows[place] = rows[place - 1] as number;
      place -= 1;
    }
    values[place] = value;
    rows[place] = row;
  }
}

/** Bottom-up, from runs of one; a segment that is sorted already, or all equal, is left at once. */
function mergeSort(values: Float64Array, rows: Uint32Array, start: number, end: number): void {
  let sorted = true;
  for (let index = start + 1; index < end && sorted; index += 1) {
    sorted = (values[index - 1] as number) <= (values[index] as number);
  }
  if (sorted) return;
  for (let width = 1; width < end - start; width *= 2) {
    for (let low = start; low + width < end; low += 2 * width) {
      merge(values, rows, low, low + width, Math.min(low + 2 * width, end));
    }
  }
}

function merge(values: Float64Array, rows: Uint32Array, low: number, middle: number, high: number): void {
  const left = middle - low;
  for (let offset = 0; offset < left; offset += 1) {
    spareValues[offset] = values[low + offset] as number;
    spareRows[offset] = rows[low + offset] as number;
  }
  let [i, j, place] = [0, middle, low];
  while (i < left) {
    if (j < high && (values[j] as number) < (spareValues[i] as number)) {
      values[place] = values[j] as number;
      rows[place] = rows[j] as number;
      j += 1;
    } else {
      values[place] = spareValues[i] as number;
      rows[place] = spareRows[i] as number;
      i += 1;
    }
    place += 1;
  }
}
