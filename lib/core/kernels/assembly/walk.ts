// Twin of ../placements.ts: walks over sorted entries (see entries.ts). Stores by row miss the cache, so placements first go to
// blocks of rows, whose memory fits the cache when they are put in their places. All sums are of whole numbers, hence exact.

const BLOCK_LOG: u32 = 16;
/** Bytes of a cell of the state. */
const CELL_LOG: usize = 5;

/**
 * Whose placements are asked for: two cells a group, of its negatives and of its positives, 32 bytes each. u32: rows of the other
 * class that count for a row of this cell (positives not yet met, or negatives met), and those of the run of ties at hand; u64: sum
 * of doubled placements, and of the lower and the upper halves of their squares.
 */
// @ts-ignore: decorator
@inline
function cellOf(entry: u64, metaBits: u32, rowMask: u32, mask: u32, codes: usize, state: usize): usize {
  let cell = <u32>entry & mask;
  if (codes != 0) cell |= <u32>load<u16>(codes + (<usize>(<u32>(entry >> metaBits) & rowMask) << 1)) << 1;
  return state + (<usize>cell << CELL_LOG);
}

/** Adds rows of entries `from` to `to` to the first number of their cells. */
export function count(
  entries: usize, from: u32, to: u32, metaBits: u32, keyShift: u32, mask: u32, codes: usize, state: usize,
): void {
  const rowMask = (1 << (keyShift - metaBits)) - 1;
  for (let index = from; index < to; index++) {
    const at = cellOf(load<u64>(entries + (<usize>index << 3)), metaBits, rowMask, mask, codes, state);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/**
 * Doubled placements of entries `from` to `to`, where a run of ties begins. A row's cell is in the bits of `mask`, with `codes` the
 * label there and the group in u16 by row. `blocks`, if there is one: pointers to the records (row, placement) of each block of
 * 65,536 rows, which move on by `step`.
 */
export function walk(
  entries: usize, from: u32, to: u32, metaBits: u32, keyShift: u32, mask: u32, codes: usize, state: usize, blocks: usize,
  step: i32,
): void {
  const rowMask: u32 = (1 << (keyShift - metaBits)) - 1;
  const end = entries + (<usize>to << 3);
  for (let at = entries + (<usize>from << 3); at < end; ) {
    let after = at + 8;
    if (after == end || load<i64>(after) >= 0) {
      const entry = load<u64>(at);
      const own = cellOf(entry, metaBits, rowMask, mask, codes, state);
      const other = own ^ 32;
      const placement = 2 * load<u32>(own);
      const positive = <u32>entry & 1;
      store<u32>(other, load<u32>(other) + 1 - 2 * positive);
      note(own, placement);
      if (blocks != 0) record(blocks, <u32>(entry >> metaBits) & rowMask, placement, step);
      at = after;
      continue;
    }
    while (after < end && load<i64>(after) < 0) after += 8;
    walkRun(at, after, metaBits, rowMask, mask, codes, state, blocks, step);
    at = after;
  }
}

function walkRun(
  start: usize, end: usize, metaBits: u32, rowMask: u32, mask: u32, codes: usize, state: usize, blocks: usize, step: i32,
): void {
  for (let at = start; at < end; at += 8) {
    const tie = cellOf(load<u64>(at), metaBits, rowMask, mask, codes, state) ^ 32;
    store<u32>(tie, load<u32>(tie, 4) + 1, 4);
  }
  for (let at = start; at < end; at += 8) {
    const entry = load<u64>(at);
    const own = cellOf(entry, metaBits, rowMask, mask, codes, state);
    const tied = load<u32>(own, 4);
    const placement = 2 * load<u32>(own) + select(tied, 0 - tied, <u32>entry & 1);
    note(own, placement);
    if (blocks != 0) record(blocks, <u32>(entry >> metaBits) & rowMask, placement, step);
  }
  // The run's rows now lie below: its negatives are met, its positives no longer to come.
  for (let at = start; at < end; at += 8) {
    const negatives = cellOf(load<u64>(at), metaBits, rowMask, mask, codes, state) & ~32;
    store<u32>(negatives, load<u32>(negatives) - load<u32>(negatives, 4));
    store<u32>(negatives, load<u32>(negatives, 32) + load<u32>(negatives, 36), 32);
    store<u32>(negatives, 0, 4);
    store<u32>(negatives, 0, 36);
  }
}

// @ts-ignore: decorator
@inline
function note(cell: usize, placement: u32): void {
  const square = <u64>placement * <u64>placement;
  store<u64>(cell, load<u64>(cell, 8) + <u64>placement, 8);
  store<u64>(cell, load<u64>(cell, 16) + (square & 0xffffffff), 16);
  store<u64>(cell, load<u64>(cell, 24) + (square >> 32), 24);
}

// @ts-ignore: decorator
@inline
function record(blocks: usize, row: u32, placement: u32, step: i32): void {
  const at = blocks + (<usize>(row >> BLOCK_LOG) << 2);
  const to = load<usize>(at);
  store<u64>(to, <u64>row | (<u64>placement << 32));
  store<usize>(at, to + step);
}

/** Puts records `from` to `to` in their places: a u32 a row at `doubled`. */
export function place(records: usize, from: u32, to: u32, doubled: usize): void {
  for (let index = from; index < to; index++) {
    const at = records + (<usize>index << 3);
    store<u32>(doubled + (<usize>load<u32>(at) << 2), load<u32>(at, 4));
  }
}

/**
 * Products of two models' doubled placements, `a` and `b`, summed over rows `from` to `to`. `out`: two u64 a cell, of the lower and
 * the upper halves; cells as in `walk`, `codes` 0 for a single group.
 */
export function cross(a: usize, b: usize, labels: usize, codes: usize, from: u32, to: u32, out: usize): void {
  for (let row = from; row < to; row++) {
    let cell = <usize>load<u8>(labels + row);
    if (codes != 0) cell |= <usize>load<u16>(codes + (<usize>row << 1)) << 1;
    const product = <u64>load<u32>(a + (<usize>row << 2)) * <u64>load<u32>(b + (<usize>row << 2));
    const at = out + (cell << 4);
    store<u64>(at, load<u64>(at) + (product & 0xffffffff));
    store<u64>(at, load<u64>(at, 8) + (product >> 32), 8);
  }
}
