// Sorts the entries of partitions; see entries.ts. Twin of ../ranking.ts: the same order of rows, the same ties.

const TIE: u64 = 0x8000000000000000;
const INSERTION_ROWS: u32 = 24;
const LARGEST_CELLS: u32 = 1 << 20;
/** Entries for which there is room in `scratch`; more of them use the spare room as far as they lie from the beginning. */
const SMALL: u32 = 32_768;

/** Bytes of `scratch`. */
export function scratchBytes(): u32 {
  return SMALL * 8 + (LARGEST_CELLS + 8) * 4;
}

/**
 * Sorts partitions `from` to `to`, whose u32 starts lie at `starts`, and marks ties. Rows of a partition must come in ascending
 * order. `shift`: bits of scores that keys lack. `spare` has room for all entries.
 */
export function sort(
  entries: usize, starts: usize, from: u32, to: u32, scores: usize, shift: u32, metaBits: u32, keyShift: u32, spare: usize,
  scratch: usize,
): void {
  const rowMask = (1 << (keyShift - metaBits)) - 1;
  const cells = scratch + SMALL * 8;
  for (let p = from; p < to; p++) {
    const start = load<u32>(starts + (<usize>p << 2));
    const length = load<u32>(starts + (<usize>(p + 1) << 2)) - start;
    const at = entries + (<usize>start << 3);
    const room = length <= SMALL ? scratch : spare + (<usize>start << 3);
    sortPartition(at, length, scores, metaBits, keyShift, rowMask, room, cells);
    markTies(at, length, scores, shift, metaBits, keyShift, rowMask, room);
  }
}

// @ts-ignore: decorator
@inline
function scoreOf(scores: usize, entry: u64, metaBits: u32, rowMask: u32): f64 {
  return load<f64>(scores + (<usize>(<u32>(entry >> metaBits) & rowMask) << 3));
}

/** Counting sort into cells of equal width, about as many as rows, then insertion; by the scores themselves where that crowds. */
function sortPartition(
  at: usize, length: u32, scores: usize, metaBits: u32, keyShift: u32, rowMask: u32, room: usize, cells: usize,
): void {
  if (length <= INSERTION_ROWS) {
    insertion(at, length);
    return;
  }
  let low = load<u64>(at);
  let high = low;
  const end = at + (<usize>length << 3);
  for (let from = at + 8; from < end; from += 8) {
    const entry = load<u64>(from);
    low = select(entry, low, entry < low);
    high = select(entry, high, entry > high);
  }
  low >>= keyShift;
  const span = (high >> keyShift) - low;
  if (span == 0) return;
  let count: u32 = 32;
  while (count < length && count < LARGEST_CELLS) count <<= 1;
  const spanBits = <u32>(64 - clz(span));
  const bits = <u32>ctz(count);
  const drop = <u64>keyShift + (spanBits > bits ? spanBits - bits : 0);
  const base = low << keyShift;
  memory.fill(cells, 0, <usize>(count + 1) << 2);
  for (let from = at; from < end; from += 8) {
    const cell = cells + 4 + (<usize>((load<u64>(from) - base) >> drop) << 2);
    store<u32>(cell, load<u32>(cell) + 1);
  }
  let total: u32 = 0;
  for (let cell: usize = 1; cell <= <usize>count; cell++) {
    total += load<u32>(cells + (cell << 2));
    store<u32>(cells + (cell << 2), total);
  }
  memory.copy(room, at, <usize>length << 3);
  for (let from = room; from < room + (<usize>length << 3); from += 8) {
    const entry = load<u64>(from);
    const cell = cells + (<usize>((entry - base) >> drop) << 2);
    const place = load<u32>(cell);
    store<u32>(cell, place + 1);
    store<u64>(at + (<usize>place << 3), entry);
  }
  // Each cell's count has become its end.
  let start: u32 = 0;
  for (let cell: usize = 0; cell < <usize>count; cell++) {
    const stop = load<u32>(cells + (cell << 2));
    const own = at + (<usize>start << 3);
    if (stop - start > INSERTION_ROWS && !ascends(own, stop - start)) {
      mergeSort(own, stop - start, scores, metaBits, rowMask, room);
    }
    start = stop;
  }
  insertionByKey(at, length, keyShift);
}

function ascends(at: usize, length: u32): bool {
  for (let from = at; from < at + (<usize>(length - 1) << 3); from += 8) if (load<u64>(from) > load<u64>(from, 8)) return false;
  return true;
}

// @ts-ignore: decorator
@inline
function insertion(at: usize, length: u32): void {
  insertionByKey(at, length, 0);
}

/** By the bits from `keyShift` up; others stay in their order. */
function insertionByKey(at: usize, length: u32, keyShift: u32): void {
  const end = at + (<usize>length << 3);
  for (let from = at + 8; from < end; from += 8) {
    const entry = load<u64>(from);
    const key = entry >> keyShift;
    if (load<u64>(from - 8) >> keyShift <= key) continue;
    let to = from;
    while (to > at) {
      const before = load<u64>(to - 8);
      if (before >> keyShift <= key) break;
      store<u64>(to, before);
      to -= 8;
    }
    store<u64>(to, entry);
  }
}

/** Runs of equal keys are looked at by their scores, unless keys have all of their bits. */
function markTies(
  at: usize, length: u32, scores: usize, shift: u32, metaBits: u32, keyShift: u32, rowMask: u32, room: usize,
): void {
  for (let start: u32 = 0; start < length; ) {
    const key = load<u64>(at + (<usize>start << 3)) >> keyShift;
    let end = start + 1;
    while (end < length && load<u64>(at + (<usize>end << 3)) >> keyShift == key) end++;
    if (end - start > 1) markRun(at + (<usize>start << 3), end - start, scores, shift, metaBits, rowMask, room);
    start = end;
  }
}

function markRun(at: usize, length: u32, scores: usize, shift: u32, metaBits: u32, rowMask: u32, room: usize): void {
  const end = at + (<usize>length << 3);
  let same = true;
  if (shift != 0) {
    const score = scoreOf(scores, load<u64>(at), metaBits, rowMask);
    for (let from = at + 8; from < end && same; from += 8) same = scoreOf(scores, load<u64>(from), metaBits, rowMask) == score;
    if (!same) mergeSort(at, length, scores, metaBits, rowMask, room);
  }
  let previous = scoreOf(scores, load<u64>(at), metaBits, rowMask);
  for (let from = at + 8; from < end; from += 8) {
    const entry = load<u64>(from);
    if (same) store<u64>(from, entry | TIE);
    else {
      const score = scoreOf(scores, entry, metaBits, rowMask);
      if (score == previous) store<u64>(from, entry | TIE);
      previous = score;
    }
  }
}

/** By score, stable, bottom-up. */
function mergeSort(at: usize, length: u32, scores: usize, metaBits: u32, rowMask: u32, room: usize): void {
  for (let width: u32 = 1; width < length; width *= 2) {
    for (let low: u32 = 0; low + width < length; low += 2 * width) {
      const high = length - low < 2 * width ? length : low + 2 * width;
      merge(at, low, low + width, high, scores, metaBits, rowMask, room);
    }
  }
}

function merge(
  at: usize, low: u32, middle: u32, high: u32, scores: usize, metaBits: u32, rowMask: u32, room: usize,
): void {
  const left = middle - low;
  memory.copy(room, at + (<usize>low << 3), <usize>left << 3);
  let i: u32 = 0;
  let j = middle;
  let place = low;
  let kept = scoreOf(scores, load<u64>(room), metaBits, rowMask);
  while (i < left) {
    const to = at + (<usize>place << 3);
    const other = at + (<usize>j << 3);
    if (j < high && scoreOf(scores, load<u64>(other), metaBits, rowMask) < kept) {
      store<u64>(to, load<u64>(other));
      j++;
    } else {
      store<u64>(to, load<u64>(room + (<usize>i << 3)));
      i++;
      if (i < left) kept = scoreOf(scores, load<u64>(room + (<usize>i << 3)), metaBits, rowMask);
    }
    place++;
  }
}
