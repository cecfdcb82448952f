// Twin of ../poisson.ts and ../weighted-area.ts for eight replicates at a time: one lane each.

const TIE_START: u32 = 0x80000000;
const POSITIVE: u32 = 0x40000000;
const ROW: u32 = 0x3fffffff;

/** Poisson(1) counts of rows in eight replicates: n·8 bytes at `weights`. `keys`: eight first words, then eight second ones. */
export function draw(keys: usize, n: u32, weights: usize): void {
  const first0 = v128.load(keys);
  const first1 = v128.load(keys, 16);
  const second0 = v128.load(keys, 32);
  const second1 = v128.load(keys, 48);
  let to = weights;
  for (let unit: u32 = 0; unit < n; unit += 2) {
    const pair = i32x4.splat(unit >>> 1);
    const h0 = hash(i32x4.add(pair, first0), second0);
    const h1 = hash(i32x4.add(pair, first1), second1);
    // Low halves of the eight words make the first unit, high halves the second.
    const low = counts(v128.shuffle<u16>(h0, h1, 0, 2, 4, 6, 8, 10, 12, 14));
    const high = counts(v128.shuffle<u16>(h0, h1, 1, 3, 5, 7, 9, 11, 13, 15));
    if (unit + 1 < n) v128.store(to, i8x16.narrow_i16x8_u(low, high));
    else v128.store64_lane(to, i8x16.narrow_i16x8_u(low, high), 0);
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function hash(word: v128, second: v128): v128 {
  let h = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 16)), i32x4.splat(0x7feb352d));
  h = v128.xor(h, second);
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** How many of the cumulated cells lie at or below each 16-bit draw. */
// @ts-ignore: decorator
@inline
function counts(cell: v128): v128 {
  let count = i16x8.ge_u(cell, i16x8.splat(<i16>24110));
  count = i16x8.add(count, i16x8.ge_u(cell, i16x8.splat(<i16>48219)));
  count = i16x8.add(count, i16x8.ge_u(cell, i16x8.splat(<i16>60274)));
  count = i16x8.add(count, i16x8.ge_u(cell, i16x8.splat(<i16>64291)));
  count = i16x8.add(count, i16x8.ge_u(cell, i16x8.splat(<i16>65296)));
  count = i16x8.add(count, i16x8.ge_u(cell, i16x8.splat(<i16>65497)));
  count = i16x8.add(count, i16x8.ge_u(cell, i16x8.splat(<i16>65530)));
  count = i16x8.add(count, i16x8.ge_u(cell, i16x8.splat(<i16>65535)));
  return i16x8.neg(count);
}

/**
 * Eight weighted areas in one walk over packed rows (see ../weighted-area.ts). At `out`: eight i64 of
 * Σ₊ w·(negatives strictly below) − Σ₋ w·(positives strictly below), then eight u32 weights of positives, eight of negatives.
 * Wins are the first plus the product of the other two.
 */
export function walk(packed: usize, n: u32, weights: usize, out: usize): void {
  let wins0 = i64x2.splat(0);
  let wins1 = i64x2.splat(0);
  let wins2 = i64x2.splat(0);
  let wins3 = i64x2.splat(0);
  let positives0 = i32x4.splat(0);
  let positives1 = i32x4.splat(0);
  let negatives0 = i32x4.splat(0);
  let negatives1 = i32x4.splat(0);
  let positivesBelow0 = i32x4.splat(0);
  let positivesBelow1 = i32x4.splat(0);
  let negativesBelow0 = i32x4.splat(0);
  let negativesBelow1 = i32x4.splat(0);
  const end = packed + (<usize>n << 2);
  for (let at = packed; at < end; at += 4) {
    const entry = load<u32>(at);
    if (entry >= TIE_START) {
      positivesBelow0 = positives0;
      positivesBelow1 = positives1;
      negativesBelow0 = negatives0;
      negativesBelow1 = negatives1;
    }
    const weight = v128.load_ext<u8>(weights + (<usize>(entry & ROW) << 3));
    const weight0 = i32x4.extend_low_i16x8_u(weight);
    const weight1 = i32x4.extend_high_i16x8_u(weight);
    if (entry & POSITIVE) {
      wins0 = i64x2.add(wins0, i64x2.extmul_low_i32x4_u(weight0, negativesBelow0));
      wins1 = i64x2.add(wins1, i64x2.extmul_high_i32x4_u(weight0, negativesBelow0));
      wins2 = i64x2.add(wins2, i64x2.extmul_low_i32x4_u(weight1, negativesBelow1));
      wins3 = i64x2.add(wins3, i64x2.extmul_high_i32x4_u(weight1, negativesBelow1));
      positives0 = i32x4.add(positives0, weight0);
      positives1 = i32x4.add(positives1, weight1);
    } else {
      wins0 = i64x2.sub(wins0, i64x2.extmul_low_i32x4_u(weight0, positivesBelow0));
      wins1 = i64x2.sub(wins1, i64x2.extmul_high_i32x4_u(weight0, positivesBelow0));
      wins2 = i64x2.sub(wins2, i64x2.extmul_low_i32x4_u(weight1, positivesBelow1));
      wins3 = i64x2.sub(wins3, i64x2.extmul_high_i32x4_u(weight1, positivesBelow1));
      negatives0 = i32x4.add(negatives0, weight0);
      negatives1 = i32x4.add(negatives1, weight1);
    }
  }
  v128.store(out, wins0);
  v128.store(out, wins1, 16);
  v128.store(out, wins2, 32);
  v128.store(out, wins3, 48);
  v128.store(out, positives0, 64);
  v128.store(out, positives1, 80);
  v128.store(out, negatives0, 96);
  v128.store(out, negatives1, 112);
}
