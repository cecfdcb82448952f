// One pass over a binary model's probabilities; see ../tally.ts, which reads what it leaves. Two rows at a time, a lane each.

const BLOCK: u32 = 1024;
const BINS: u32 = 10;
const CELLS: f64 = 65536;
const EPSILON: f64 = 2.220446049250313e-16;

/**
 * Of rows `from` to `to`, with a u8 label each. At `out`, zeroed: f64 smallest and largest score of all rows, `low` and `high`; log
 * loss and squared error of the first of all scores, each as a negative and as a positive; four sums, each of negatives and of
 * positives, of log loss less the first, of its square, of the squared error less the first, and of the square of that; u64 rows at
 * or above `threshold`, positives, and both; f64 sums of the scores of ten bins; their rows, u32 of negatives and of positives; and
 * the same of 65,536 cells from `low` to `high`. Without `losses` their sums stay 0.
 */
export function tally(
  scores: usize, labels: usize, from: u32, to: u32, low: f64, high: f64, threshold: f64, losses: u32, out: usize,
): void {
  store<f64>(out, low);
  store<f64>(out, high, 8);
  const first = f64x2.splat(load<f64>(scores));
  v128.store(out, lossOf(first, i64x2(0, -1)), 16);
  v128.store(out, missOf(first, i64x2(0, -1)), 32);
  for (let start = from; start < to; start += BLOCK) {
    const end = min(start + BLOCK, to);
    if (losses != 0) sumBlock(scores, start, end, labels, out);
    countBlock(scores, start, end, labels, threshold, out);
  }
}

function countBlock(scores: usize, start: u32, end: u32, labels: usize, threshold: f64, out: usize): void {
  const low = f64x2.splat(load<f64>(out));
  const high = load<f64>(out, 8);
  const scale = high > load<f64>(out) ? (CELLS - 1) / (high - load<f64>(out)) : 0;
  let above: u32 = 0;
  let positives: u32 = 0;
  let hits: u32 = 0;
  for (let row = start; row < end; row += 2) {
    const from = scores + (<usize>row << 3);
    const alone = row + 1 == end;
    const score = alone ? v128.load64_zero(from) : v128.load(from);
    const first = <u32>load<u8>(labels + row);
    const second = alone ? 0 : <u32>load<u8>(labels + row, 1);
    const reached = <u32>i64x2.bitmask(f64x2.ge(score, f64x2.splat(threshold))) & (alone ? 1 : 3);
    const both = first | (second << 1);
    above += popcnt(reached);
    positives += first + second;
    hits += popcnt(reached & both);
    const bins = i32x4.trunc_sat_f64x2_s_zero(
      f64x2.pmin(f64x2.pmax(f64x2.mul(score, f64x2.splat(<f64>BINS)), f64x2.splat(0)), f64x2.splat(<f64>BINS - 1)),
    );
    const cells = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(f64x2.sub(score, low), f64x2.splat(scale)));
    note(out, f64x2.extract_lane(score, 0), i32x4.extract_lane(bins, 0), i32x4.extract_lane(cells, 0), first);
    if (!alone) note(out, f64x2.extract_lane(score, 1), i32x4.extract_lane(bins, 1), i32x4.extract_lane(cells, 1), second);
  }
  store<u64>(out, load<u64>(out, 112) + above, 112);
  store<u64>(out, load<u64>(out, 120) + positives, 120);
  store<u64>(out, load<u64>(out, 128) + hits, 128);
}

/** A row in its bin and in its cell. */
// @ts-ignore: decorator
@inline
function note(out: usize, score: f64, bin: i32, cell: i32, label: u32): void {
  const sum = out + 136 + (<usize>bin << 3);
  store<f64>(sum, load<f64>(sum) + score);
  count(out + 216 + (<usize>bin << 3) + (<usize>label << 2));
  count(out + 296 + (<usize>cell << 3) + (<usize>label << 2));
}

// @ts-ignore: decorator
@inline
function count(at: usize): void {
  store<u32>(at, load<u32>(at) + 1);
}

function sumBlock(scores: usize, start: u32, end: u32, labels: usize, out: usize): void {
  const ofNegatives = v128.load64_splat(out, 16);
  const ofPositives = v128.load64_splat(out, 24);
  const missOfNegatives = v128.load64_splat(out, 32);
  const missOfPositives = v128.load64_splat(out, 40);
  let loss0 = f64x2.splat(0);
  let loss1 = f64x2.splat(0);
  let lossSquared0 = f64x2.splat(0);
  let lossSquared1 = f64x2.splat(0);
  let miss0 = f64x2.splat(0);
  let miss1 = f64x2.splat(0);
  let missSquared0 = f64x2.splat(0);
  let missSquared1 = f64x2.splat(0);
  for (let row = start; row < end; row += 2) {
    const from = scores + (<usize>row << 3);
    const alone = row + 1 == end;
    const score = alone ? v128.load64_zero(from) : v128.load(from);
    const first = <i64>load<u8>(labels + row);
    const second = alone ? 0 : <i64>load<u8>(labels + row, 1);
    const there = i64x2(-1, alone ? 0 : -1);
    const positive = i64x2(0 - first, 0 - second);
    const lossShift = v128.bitselect(ofPositives, ofNegatives, positive);
    const missShift = v128.bitselect(missOfPositives, missOfNegatives, positive);
    const loss = v128.and(f64x2.sub(lossOf(score, positive), lossShift), there);
    const lossSquared = f64x2.mul(loss, loss);
    const miss = v128.and(f64x2.sub(missOf(score, positive), missShift), there);
    const missSquared = f64x2.mul(miss, miss);
    loss0 = f64x2.add(loss0, v128.andnot(loss, positive));
    loss1 = f64x2.add(loss1, v128.and(loss, positive));
    lossSquared0 = f64x2.add(lossSquared0, v128.andnot(lossSquared, positive));
    lossSquared1 = f64x2.add(lossSquared1, v128.and(lossSquared, positive));
    miss0 = f64x2.add(miss0, v128.andnot(miss, positive));
    miss1 = f64x2.add(miss1, v128.and(miss, positive));
    missSquared0 = f64x2.add(missSquared0, v128.andnot(missSquared, positive));
    missSquared1 = f64x2.add(missSquared1, v128.and(missSquared, positive));
  }
  add(out + 48, loss0);
  add(out + 56, loss1);
  add(out + 64, lossSquared0);
  add(out + 72, lossSquared1);
  add(out + 80, miss0);
  add(out + 88, miss1);
  add(out + 96, missSquared0);
  add(out + 104, missSquared1);
}

// @ts-ignore: decorator
@inline
function add(at: usize, lanes: v128): void {
  store<f64>(at, load<f64>(at) + (f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1)));
}

/** `positive`: all bits of a lane where the row is. */
// @ts-ignore: decorator
@inline
function lossOf(score: v128, positive: v128): v128 {
  const chosen = v128.bitselect(score, f64x2.sub(f64x2.splat(1), score), positive);
  return negativeLog(f64x2.pmin(f64x2.splat(1 - EPSILON), f64x2.pmax(f64x2.splat(EPSILON), chosen)));
}

// @ts-ignore: decorator
@inline
function missOf(score: v128, positive: v128): v128 {
  const error = f64x2.sub(score, v128.and(f64x2.splat(1), positive));
  return f64x2.mul(error, error);
}

/**
 * −ln of two normal positive numbers, to about one unit in the last place: x = 2^k·(1 + f), √½ < 1 + f < √2, s = f/(2 + f),
 * ln(1 + f) = f − f²/2 + s·(f²/2 + R(s²)).
 *
 * Source: fdlibm, e_log.c (K. C. Ng, Sun Microsystems 1993).
 */
// @ts-ignore: decorator
@inline
function negativeLog(x: v128): v128 {
  // Adding the distance from √½ to 1 to the upper word carries into the exponent where the fraction is above √2.
  const shifted = i64x2.add(x, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e00000000));
  const exponent = i64x2.sub(i64x2.shr_u(shifted, 52), i64x2.splat(0x3ff));
  const fraction = i64x2.add(v128.and(shifted, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e00000000));
  // Exponents are small whole numbers: the low words of both lanes.
  const k = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponent, exponent, 0, 2, 0, 2));
  const f = f64x2.sub(fraction, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = f64x2.mul(w, f64x2.splat(1.531383769920937332e-1));
  even = f64x2.mul(w, f64x2.add(even, f64x2.splat(2.222219843214978396e-1)));
  even = f64x2.mul(w, f64x2.add(even, f64x2.splat(3.999999999940941908e-1)));
  let odd = f64x2.mul(w, f64x2.splat(1.479819860511658591e-1));
  odd = f64x2.mul(w, f64x2.add(odd, f64x2.splat(1.818357216161805012e-1)));
  odd = f64x2.mul(w, f64x2.add(odd, f64x2.splat(2.857142874366239149e-1)));
  odd = f64x2.mul(z, f64x2.add(odd, f64x2.splat(6.666666666666735130e-1)));
  const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const tail = f64x2.add(f64x2.mul(s, f64x2.add(half, f64x2.add(even, odd))), f64x2.mul(k, f64x2.splat(1.90821492927058770002e-10)));
  const value = f64x2.sub(f64x2.mul(k, f64x2.splat(6.93147180369123816490e-1)), f64x2.sub(f64x2.sub(half, tail), f));
  return f64x2.neg(value);
}
