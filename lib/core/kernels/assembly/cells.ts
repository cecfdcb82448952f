// Numbers in the cells of a grid, by the arithmetic of lib/engines/drift/grid.ts to the last bit; see ../../drift/page-counts.ts.

import { slotOf } from './slots';

/** Cells of a grid, and two more: of NaN, and of numbers that have none. */
export const CELLS: u32 = 65_536;
const NAN: u32 = CELLS;
const NONE: u32 = CELLS + 1;

/** How numbers are put in cells. */
const CLAMPED: u32 = 1;
const OPEN: u32 = 2;

/**
 * Adds `n` values of 8 bytes at `from` to u32 by cell at `counts`.
 *
 * @param whole 1 for i64, 0 for f64
 * @param form 0: ⌊(x − origin)·scale⌋; 1: the same, and the outer cells for what lies beyond; 2: equal cells of u/(1 + |u|)
 */
export function countCells(from: usize, n: u32, whole: u32, form: u32, origin: f64, scale: f64, counts: usize): u32 {
  const stop = from + (<usize>n << 3);
  for (const pairs = stop - (<usize>(n & 1) << 3); from < pairs; from += 16) {
    const cells = cellsOf(pairAt(from, whole), form, origin, scale);
    add(counts, <u32>cells);
    add(counts, <u32>(cells >> 32));
  }
  if (from < stop) add(counts, <u32>cellsOf(f64x2.splat(valueAt(from, whole)), form, origin, scale));
  return 0;
}

// @ts-ignore: decorator
@inline
function add(counts: usize, cell: u32): void {
  const at = counts + (<usize>cell << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * Appends those of `n` values of 8 bytes at `from` that lie in a marked cell to f64 at `to`; what is at `from` is lost.
 *
 * @param marks a byte a cell, 1 for marked ones
 * @param most values that there is room for
 * @param state u32: how many there are
 * @returns 1 if there is no room for all
 */
export function pickCells(
  from: usize, n: u32, whole: u32, form: u32, origin: f64, scale: f64, marks: usize, to: usize, most: u32, state: usize,
): u32 {
  const stop = from + (<usize>n << 3);
  const first = from;
  let end = from;
  for (const pairs = stop - (<usize>(n & 1) << 3); from < pairs; from += 16) {
    const pair = pairAt(from, whole);
    const cells = cellsOf(pair, form, origin, scale);
    store<f64>(end, f64x2.extract_lane(pair, 0));
    end += <usize>load<u8>(marks + <usize>(cells & 0xffffffff)) << 3;
    store<f64>(end, f64x2.extract_lane(pair, 1));
    end += <usize>load<u8>(marks + <usize>(cells >> 32)) << 3;
  }
  if (from < stop) {
    const value = valueAt(from, whole);
    store<f64>(end, value);
    end += <usize>load<u8>(marks + <usize>(cellsOf(f64x2.splat(value), form, origin, scale) & 0xffffffff)) << 3;
  }
  const before = load<u32>(state);
  const found = <u32>((end - first) >> 3);
  if (found > most - before) return 1;
  memory.copy(to + (<usize>before << 3), first, end - first);
  store<u32>(state, before + found);
  return 0;
}

// @ts-ignore: decorator
@inline
function valueAt(from: usize, whole: u32): f64 {
  return whole != 0 ? <f64>load<i64>(from) : load<f64>(from);
}

// @ts-ignore: decorator
@inline
function pairAt(from: usize, whole: u32): v128 {
  if (whole == 0) return v128.load(from);
  return f64x2.replace_lane(f64x2.splat(<f64>load<i64>(from)), 1, <f64>load<i64>(from, 8));
}

/** Cells of two values, u32 each: that of the first is the lower one. */
// @ts-ignore: decorator
@inline
function cellsOf(pair: v128, form: u32, origin: f64, scale: f64): u64 {
  const scaled = f64x2.mul(f64x2.sub(pair, f64x2.splat(origin)), f64x2.splat(scale));
  const position = form == OPEN ? opened(scaled) : scaled;
  const within = v128.and(
    f64x2.ge(position, f64x2.splat(0)),
    f64x2.lt(position, f64x2.splat(<f64>CELLS)),
  );
  // Down, for these.
  const cells = i64x2.extract_lane(i32x4.trunc_sat_f64x2_u_zero(position), 0);
  if (i64x2.bitmask(within) == 3) return cells;
  return (
    <u64>cellOf(f64x2.extract_lane(pair, 0), f64x2.extract_lane(position, 0), form, origin) |
    (<u64>cellOf(f64x2.extract_lane(pair, 1), f64x2.extract_lane(position, 1), form, origin) << 32)
  );
}

/** Cells between 0 and CELLS − 2, to the nearest. Not of u/(1 + |u|): that quotient is not monotone to the last bit. */
// @ts-ignore: decorator
@inline
function opened(u: v128): v128 {
  const one = f64x2.splat(1);
  const t = f64x2.sub(one, f64x2.div(one, f64x2.add(one, f64x2.abs(u))));
  const signed = v128.or(t, v128.and(u, f64x2.splat(-0.0)));
  return f64x2.nearest(f64x2.mul(f64x2.add(one, signed), f64x2.splat(<f64>((CELLS - 2) / 2))));
}

function cellOf(value: f64, position: f64, form: u32, origin: f64): u32 {
  if (value != value) return NAN;
  if (position >= 0.0 && position < <f64>CELLS) return <u32>position;
  if (form != CLAMPED) return NONE;
  return value < origin ? 0 : CELLS - 1;
}

/**
 * Counts `n` values of 8 bytes at `from` one by one, in a table as in slots.ts: f64, and u32 rows.
 *
 * @param most values that it takes, fewer than it has slots
 * @param state u32: how many values the table has, and how many rows were NaN, which is none
 * @returns 1 if there are more, and the rest is not counted
 */
export function countValues(
  from: usize, n: u32, whole: u32, table: usize, slots: u32, most: u32, state: usize,
): u32 {
  let found = load<u32>(state);
  let nan: u32 = 0;
  for (const end = from + (<usize>n << 3); from < end; from += 8) {
    // −0 is 0.
    const value = valueAt(from, whole) + 0.0;
    if (value != value) {
      nan++;
      continue;
    }
    const bits = reinterpret<u64>(value);
    const at = slotOf(bits, table, slots);
    const rows = load<u32>(at, 8);
    if (rows == 0) {
      if (found == most) {
        // Others may come before somebody looks: they must not fill the table.
        store<u32>(state, found);
        return 1;
      }
      found++;
      store<u64>(at, bits);
    }
    store<u32>(at, rows + 1, 8);
  }
  store<u32>(state, found);
  store<u32>(state, load<u32>(state, 4) + nan, 4);
  return 0;
}
