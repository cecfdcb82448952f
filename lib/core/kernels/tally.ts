import type { KernelMemory } from './wasm';

/** Sums over the rows of a class. */
export interface LossSums {
  /** Negatives, positives. */
  readonly rows: readonly [number, number];
  /** A loss of about the size of the others: what is summed are distances from it, which keeps the digits of their spread. */
  readonly shifts: readonly [number, number];
  readonly sums: readonly [number, number];
  readonly squares: readonly [number, number];
}

/** What one pass over the probabilities of a binary model leaves of them: all that unweighted metrics and pictures ask for. */
export interface ScoreTally {
  readonly min: number;
  readonly max: number;
  readonly threshold: number;
  /** Rows by label · 2 + (1 at or above the threshold). */
  readonly matrix: Float64Array;
  /** −ln of the probability given to the label, clipped to the machine epsilon. */
  readonly logLoss: LossSums;
  /** Squared distance from the label. */
  readonly brier: LossSums;
  /** Ten bins of equal width on [0, 1]; scores outside it fall into the outer ones. */
  readonly bins: { readonly sums: Float64Array; readonly counts: Uint32Array };
  /** Rows of `TALLY_CELLS` cells of equal width from `min` to `max`: negatives, then positives, of each. */
  readonly cells: Uint32Array;
}

export const TALLY_CELLS = 65_536;
const SHIFTS = 16;
const SUMS = 48;
const WHOLE = 112;
const BIN_SUMS = 136;
const BIN_COUNTS = 216;
const CELLS = 296;

/** Bytes that the kernel fills. */
export const TALLY_BYTES = CELLS + 8 * TALLY_CELLS;

/** A call of the kernel, as arguments: scores, rows, labels in bit 0 of `width` bytes a row, threshold, `TALLY_BYTES` of zeros. */
export type TallyCall = readonly [
  scores: number,
  n: number,
  meta: number,
  width: 1 | 2,
  threshold: number,
  out: number,
];

export function tallyOf({ buffer }: KernelMemory, [, n, , , threshold, out]: TallyCall): ScoreTally {
  const [min = 0, max = 0] = new Float64Array(buffer, out, 2);
  const [above = 0, positives = 0, hits = 0] = Float64Array.from(new BigUint64Array(buffer, out + WHOLE, 3), Number);
  const rows = [n - positives, positives] as const;
  return {
    min,
    max,
    threshold,
    matrix: Float64Array.of(n - positives - (above - hits), above - hits, positives - hits, hits),
    logLoss: lossSums(buffer, rows, out + SHIFTS, out + SUMS),
    brier: lossSums(buffer, rows, out + SHIFTS + 16, out + SUMS + 32),
    bins: { sums: new Float64Array(buffer, out + BIN_SUMS, 10), counts: new Uint32Array(buffer, out + BIN_COUNTS, 20) },
    cells: new Uint32Array(buffer, out + CELLS, 2 * TALLY_CELLS),
  };
}

function lossSums(buffer: ArrayBuffer, rows: LossSums['rows'], at: number, from: number): LossSums {
  const [first = 0, second = 0] = new Float64Array(buffer, at, 2);
  const [negatives = 0, positives = 0, ofNegatives = 0, ofPositives = 0] = new Float64Array(buffer, from, 4);
  return { rows, shifts: [first, second], sums: [negatives, positives], squares: [ofNegatives, ofPositives] };
}

/** Sum of the losses themselves. */
export const totalLoss = ({ rows, shifts, sums }: LossSums): number =>
  rows[0] * shifts[0] + sums[0] + (rows[1] * shifts[1] + sums[1]);
