// Twin of ../ranking.ts and ../partition-sort.ts: the same steps on raw memory, so the same order of rows.
// No statics anywhere in this folder: instances on shared memory would initialise them over each other's data.

const CELLS: i32 = 65536;
const PARTITION_ROWS: u32 = 16384;
const INSERTION_ROWS: u32 = 24;
const LARGEST_CELLS: u32 = 1 << 20;
const TIE_START: u32 = 0x80000000;

/** Bytes of `scratch` that `rank` needs beside values and spares: cells, partitions and their starts, cells of a partition. */
export function scratchBytes(): u32 {
  return CELLS * 4 + CELLS * 2 + (CELLS + 1) * 8 + (LARGEST_CELLS + 8) * 4;
}

/**
 * Fills `order` (n u32). `values` has room for n f64, `spare` for n f64 and n u32, `scratch` for `scratchBytes()`.
 * If `rowBits` < 31, what `meta` has of a row (in `width` bytes, 1 or 2) travels with it, in the bits above its number.
 * Returns 0, or 1 + the first row whose score is not finite.
 */
export function rank(
  scores: usize, n: u32, order: usize, values: usize, spare: usize, scratch: usize, meta: usize, width: u32, rowBits: u32,
): u32 {
  if (n == 0) return 0;
  let min = f64.MAX_VALUE;
  let max = -f64.MAX_VALUE;
  let sum = 0.0;
  for (let row: u32 = 0; row < n; row++) {
    const score = load<f64>(scores + (<usize>row << 3));
    sum += score - score;
    min = select(score, min, score < min);
    max = select(score, max, score > max);
  }
  if (sum != 0) return 1 + firstBad(scores, n);
  const scale = scaleOf(min, max, <f64>CELLS);
  const counts = scratch;
  const ofCell = counts + CELLS * 4;
  const starts = ofCell + CELLS * 2;
  const next = starts + (CELLS + 1) * 4;
  const cells = next + (CELLS + 1) * 4;
  const count = partition(scores, n, min, scale, counts, ofCell, starts);
  memory.copy(next, starts, <usize>count * 4);
  for (let row: u32 = 0; row < n; row++) {
    const score = load<f64>(scores + (<usize>row << 3));
    const cell = i32((score - min) * scale);
    const at = next + (<usize>load<u16>(ofCell + (<usize>cell << 1)) << 2);
    const place = load<u32>(at);
    store<u32>(at, place + 1);
    store<f64>(values + (<usize>place << 3), score);
    let entry = row;
    if (rowBits < 31) entry |= (width == 1 ? <u32>load<u8>(meta + row) : <u32>load<u16>(meta + (<usize>row << 1))) << rowBits;
    store<u32>(order + (<usize>place << 2), entry);
  }
  const spareRows = spare + (<usize>n << 3);
  for (let p: u32 = 0; p < count; p++) {
    sortPartition(values, order, load<u32>(starts + (<usize>p << 2)), load<u32>(next + (<usize>p << 2)), cells, spare, spareRows);
  }
  markTies(values, order, n);
  return 0;
}

function firstBad(scores: usize, n: u32): u32 {
  for (let row: u32 = 0; row < n; row++) {
    const score = load<f64>(scores + (<usize>row << 3));
    if (score - score != 0) return row;
  }
  return n;
}

function scaleOf(min: f64, max: f64, cells: f64): f64 {
  const scale = cells / (max - min);
  return isFinite(scale) && isFinite(max - min) ? scale * (1.0 - 1.0 / 1099511627776.0) : 0.0;
}

function partition(scores: usize, n: u32, min: f64, scale: f64, counts: usize, ofCell: usize, starts: usize): u32 {
  memory.fill(counts, 0, CELLS * 4);
  for (let row: u32 = 0; row < n; row++) {
    const cell = i32((load<f64>(scores + (<usize>row << 3)) - min) * scale);
    const at = counts + (<usize>cell << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let count: u32 = 0;
  let mass: u32 = 0;
  let total: u32 = 0;
  store<u32>(starts, 0);
  for (let cell: usize = 0; cell < <usize>CELLS; cell++) {
    const inCell = load<u32>(counts + (cell << 2));
    if (mass > 0 && mass + inCell > PARTITION_ROWS) {
      count++;
      store<u32>(starts + (<usize>count << 2), total);
      mass = 0;
    }
    store<u16>(ofCell + (cell << 1), <u16>count);
    mass += inCell;
    total += inCell;
  }
  return count + 1;
}

function sortPartition(values: usize, rows: usize, start: u32, end: u32, cells: usize, spare: usize, spareRows: usize): void {
  const length = end - start;
  if (length <= INSERTION_ROWS) {
    insertionSort(values, rows, start, end);
    return;
  }
  let min = load<f64>(values + (<usize>start << 3));
  let max = min;
  for (let index = start + 1; index < end; index++) {
    const value = load<f64>(values + (<usize>index << 3));
    min = select(value, min, value < min);
    max = select(value, max, value > max);
  }
  if (min == max) return;
  let count: u32 = 32;
  while (count < length && count < LARGEST_CELLS) count <<= 1;
  countingSort(values, rows, start, length, min, scaleOf(min, max, <f64>count), count, cells, spare, spareRows);
  let from = start;
  for (let cell: u32 = 0; cell < count; cell++) {
    const to = start + load<u32>(cells + (<usize>cell << 2));
    if (to - from > INSERTION_ROWS) mergeSort(values, rows, from, to, spare, spareRows);
    from = to;
  }
  insertionSort(values, rows, start, end);
}

function countingSort(
  values: usize, rows: usize, start: u32, length: u32, min: f64, scale: f64, count: u32,
  cells: usize, spare: usize, spareRows: usize,
): void {
  memory.fill(cells, 0, <usize>(count + 1) << 2);
  const fromValues = values + (<usize>start << 3);
  const fromRows = rows + (<usize>start << 2);
  for (let offset: u32 = 0; offset < length; offset++) {
    const cell = i32((load<f64>(fromValues + (<usize>offset << 3)) - min) * scale) + 1;
    const at = cells + (<usize>cell << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let total: u32 = 0;
  for (let cell: u32 = 1; cell <= count; cell++) {
    const at = cells + (<usize>cell << 2);
    total += load<u32>(at);
    store<u32>(at, total);
  }
  memory.copy(spare, fromValues, <usize>length << 3);
  memory.copy(spareRows, fromRows, <usize>length << 2);
  for (let offset: u32 = 0; offset < length; offset++) {
    const value = load<f64>(spare + (<usize>offset << 3));
    const at = cells + (<usize>i32((value - min) * scale) << 2);
    const place = load<u32>(at);
    store<u32>(at, place + 1);
    store<f64>(fromValues + (<usize>place << 3), value);
    store<u32>(fromRows + (<usize>place << 2), load<u32>(spareRows + (<usize>offset << 2)));
  }
}

function insertionSort(values: usize, rows: usize, start: u32, end: u32): void {
  for (let index = start + 1; index < end; index++) {
    const value = load<f64>(values + (<usize>index << 3));
    if (load<f64>(values + (<usize>(index - 1) << 3)) <= value) continue;
    const row = load<u32>(rows + (<usize>index << 2));
    let place = index;
    while (place > start) {
      const before = load<f64>(values + (<usize>(place - 1) << 3));
      if (!(before > value)) break;
      store<f64>(values + (<usize>place << 3), before);
      store<u32>(rows + (<usize>place << 2), load<u32>(rows + (<usize>(place - 1) << 2)));
      place--;
    }
    store<f64>(values + (<usize>place << 3), value);
    store<u32>(rows + (<usize>place << 2), row);
  }
}

function mergeSort(values: usize, rows: usize, start: u32, end: u32, spare: usize, spareRows: usize): void {
  let sorted = true;
  for (let index = start + 1; index < end && sorted; index++) {
    sorted = load<f64>(values + (<usize>(index - 1) << 3)) <= load<f64>(values + (<usize>index << 3));
  }
  if (sorted) return;
  for (let width: u32 = 1; width < end - start; width *= 2) {
    for (let low = start; low + width < end; low += 2 * width) {
      const high = end - low < 2 * width ? end : low + 2 * width;
      merge(values, rows, low, low + width, high, spare, spareRows);
    }
  }
}

function merge(values: usize, rows: usize, low: u32, middle: u32, high: u32, spare: usize, spareRows: usize): void {
  const left = middle - low;
  memory.copy(spare, values + (<usize>low << 3), <usize>left << 3);
  memory.copy(spareRows, rows + (<usize>low << 2), <usize>left << 2);
  let i: u32 = 0;
  let j = middle;
  let place = low;
  while (i < left) {
    const kept = load<f64>(spare + (<usize>i << 3));
    if (j < high && load<f64>(values + (<usize>j << 3)) < kept) {
      store<f64>(values + (<usize>place << 3), load<f64>(values + (<usize>j << 3)));
      store<u32>(rows + (<usize>place << 2), load<u32>(rows + (<usize>j << 2)));
      j++;
    } else {
      store<f64>(values + (<usize>place << 3), kept);
      store<u32>(rows + (<usize>place << 2), load<u32>(spareRows + (<usize>i << 2)));
      i++;
    }
    place++;
  }
}

function markTies(values: usize, order: usize, n: u32): void {
  let previous = f64.NaN;
  for (let index: u32 = 0; index < n; index++) {
    const value = load<f64>(values + (<usize>index << 3));
    const at = order + (<usize>index << 2);
    if (value != previous) store<u32>(at, load<u32>(at) | TIE_START);
    previous = value;
  }
}
