// Rows as single numbers that sort by score. An entry has, from the top: a bit for a tie with the entry before, as many bits of the
// score's key as fit, the row, its code and its label. Keys are the bits of a score in an order that agrees with that of doubles
// (positive ones as they are, negative ones complemented), less those of the smallest; so they are equal for equal scores, and
// nearly always different for different ones. No data that lies in the memory from the start, anywhere in this folder: instances on
// shared memory would initialise it over each other's. Variables of a module are an instance's own.

/** The bits of a score as a number in the order of doubles; −0 as 0. */
// @ts-ignore: decorator
@inline
export function ordered(score: f64): u64 {
  const bits = reinterpret<i64>(score + 0.0);
  return <u64>(bits ^ ((bits >> 63) | i64.MIN_VALUE));
}

/** At `out`: f64 smallest and largest score of rows `from` to `to`, and 0, or 1 + the first row whose score is not finite. */
export function measure(scores: usize, from: u32, to: u32, out: usize): void {
  let low = f64x2.splat(f64.MAX_VALUE);
  let high = f64x2.splat(-f64.MAX_VALUE);
  let sum = f64x2.splat(0);
  let row = from;
  for (; row + 1 < to; row += 2) {
    const pair = v128.load(scores + (<usize>row << 3));
    sum = f64x2.add(sum, f64x2.sub(pair, pair));
    low = f64x2.pmin(low, pair);
    high = f64x2.pmax(high, pair);
  }
  let least = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  let most = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
  let odd = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  if (row < to) {
    const score = load<f64>(scores + (<usize>row << 3));
    odd += score - score;
    least = min(least, score);
    most = max(most, score);
  }
  store<f64>(out, least);
  store<f64>(out, most, 8);
  store<f64>(out, odd == 0 ? 0 : 1 + <f64>firstBad(scores, from, to), 16);
}

function firstBad(scores: usize, from: u32, to: u32): u32 {
  for (let row = from; row < to; row++) {
    const score = load<f64>(scores + (<usize>row << 3));
    if (score - score != 0) return row;
  }
  return to;
}

/** Counts rows by the upper bits of their keys: adds to u32 at `counts`. */
export function census(scores: usize, from: u32, to: u32, low: f64, shift: u32, counts: usize): void {
  const first = ordered(low);
  for (let row = from; row < to; row++) {
    const cell = <usize>((ordered(load<f64>(scores + (<usize>row << 3))) - first) >> shift);
    const at = counts + (cell << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/**
 * Entries of rows `from` to `to`, each in its partition: `ofCell` has a u16 a cell (a key's bits above `cellShift`), `next` a u32
 * a partition, which moves on. `codes`: u16 a row, or 0 for none. `metaBits`: of code and label; `keyShift`: of these and the row.
 */
export function spread(
  scores: usize, labels: usize, codes: usize, from: u32, to: u32, low: f64, shift: u32, cellShift: u32, ofCell: usize,
  next: usize, metaBits: u32, keyShift: u32, entries: usize,
): void {
  const first = ordered(low);
  for (let row = from; row < to; row++) {
    const key = (ordered(load<f64>(scores + (<usize>row << 3))) - first) >> shift;
    let meta = <u64>load<u8>(labels + row);
    if (codes != 0) meta |= <u64>load<u16>(codes + (<usize>row << 1)) << 1;
    const at = next + (<usize>load<u16>(ofCell + (<usize>(key >> cellShift) << 1)) << 2);
    const place = load<u32>(at);
    store<u32>(at, place + 1);
    store<u64>(entries + (<usize>place << 3), (key << keyShift) | (<u64>row << metaBits) | meta);
  }
}

/** Row numbers in the order of sorted entries, the first of each run of equal scores with the top bit. */
export function order(entries: usize, n: u32, metaBits: u32, rowMask: u32, out: usize): void {
  for (let index: u32 = 0; index < n; index++) {
    const entry = load<i64>(entries + (<usize>index << 3));
    const row = <u32>(entry >> metaBits) & rowMask;
    store<u32>(out + (<usize>index << 2), entry < 0 ? row : row | 0x80000000);
  }
}
