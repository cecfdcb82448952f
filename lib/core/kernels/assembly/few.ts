// Scores with few distinct values need no sort: rows are counted by value, and get what their value gets.

import { slotOf } from './slots';

/**
 * Numbers the distinct scores of rows `from` to `to` in the order of their first rows: a u16 a row at `numbers`, f64 at `values`, and
 * u32 of negatives and positives at `counts`. `table`: zeroed, as in slots.ts. Returns how many there are, or 2³² − 1
 * for more than `most`, at most half of the slots.
 */
export function distinct(
  scores: usize, labels: usize, from: u32, to: u32, table: usize, slots: u32, most: u32, numbers: usize, values: usize,
  counts: usize,
): u32 {
  let found: u32 = 0;
  for (let row = from; row < to; row++) {
    // −0 is 0.
    const bits = reinterpret<u64>(load<f64>(scores + (<usize>row << 3)) + 0.0);
    const at = slotOf(bits, table, slots);
    let number = load<u32>(at, 8);
    if (number == 0) {
      if (found == most) return u32.MAX_VALUE;
      store<f64>(values + (<usize>found << 3), reinterpret<f64>(bits));
      number = ++found;
      store<u64>(at, bits);
      store<u32>(at, number, 8);
    }
    store<u16>(numbers + (<usize>(row - from) << 1), <u16>(number - 1));
    const cell = counts + (<usize>(2 * (number - 1) + <u32>load<u8>(labels + row)) << 2);
    store<u32>(cell, load<u32>(cell) + 1);
  }
  return found;
}

/**
 * Turns counts of values in their order, u32 of negatives and of positives each, into their doubled placements. `state`: two cells
 * as in walk.ts, the first u32 of the negatives' being all positives.
 */
export function placeCounts(counts: usize, values: u32, state: usize): void {
  let above = load<u32>(state);
  let below: u32 = 0;
  for (let at = counts; at < counts + (<usize>values << 3); at += 8) {
    const negatives = load<u32>(at);
    const positives = load<u32>(at, 4);
    const ofNegative = 2 * above - positives;
    const ofPositive = 2 * below + negatives;
    note(state, ofNegative, negatives);
    note(state + 32, ofPositive, positives);
    store<u32>(at, ofNegative);
    store<u32>(at, ofPositive, 4);
    above -= positives;
    below += negatives;
  }
}

// @ts-ignore: decorator
@inline
function note(cell: usize, placement: u32, rows: u32): void {
  const square = <u64>placement * <u64>placement;
  store<u64>(cell, load<u64>(cell, 8) + <u64>placement * <u64>rows, 8);
  store<u64>(cell, load<u64>(cell, 16) + (square & 0xffffffff) * <u64>rows, 16);
  store<u64>(cell, load<u64>(cell, 24) + (square >> 32) * <u64>rows, 24);
}

/** Gives rows `from` to `to` the u32 at `table` of their number and label. `numbers` may be the upper half of what is written. */
export function lookUp(numbers: usize, labels: usize, from: u32, to: u32, table: usize, doubled: usize): void {
  for (let row = from; row < to; row++) {
    const number = <u32>load<u16>(numbers + (<usize>(row - from) << 1));
    const cell = 2 * number + <u32>load<u8>(labels + row);
    store<u32>(doubled + (<usize>row << 2), load<u32>(table + (<usize>cell << 2)));
  }
}
