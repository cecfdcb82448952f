import type { BinaryRoom } from './room';

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
  /** Where losses were asked for: −ln of the probability given to the label, clipped to the machine epsilon. */
  readonly logLoss?: LossSums;
  /** Squared distance from the label. */
  readonly brier?: LossSums;
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

/** What the passes over all parts of a model's rows left. */
export function tallyOf(
  { at, memory, shape }: BinaryRoom,
  model: number,
  threshold: number,
  hasLosses: boolean,
): ScoreTally {
  const { buffer } = memory;
  const outs = at.parts.map(({ tally }) => tally[model] ?? 0);
  const [first = 0] = outs;
  const [min = 0, max = 0] = new Float64Array(buffer, first, 2);
  const wholes = outs.map((out) => Float64Array.from(new BigUint64Array(buffer, out + WHOLE, 3), Number));
  const [above = 0, positives = 0, hits = 0] = summed(wholes);
  const rows = [shape.rows - positives, positives] as const;
  const losses = (from: number): LossSums => {
    const [negative = 0, positive = 0] = new Float64Array(buffer, first + SHIFTS + from / 2, 2);
    const [n = 0, p = 0, n2 = 0, p2 = 0] = summed(outs.map((out) => new Float64Array(buffer, out + SUMS + from, 4)));
    return { rows, shifts: [negative, positive], sums: [n, p], squares: [n2, p2] };
  };
  return {
    min,
    max,
    threshold,
    matrix: Float64Array.of(rows[0] - (above - hits), above - hits, positives - hits, hits),
    ...(hasLosses ? { logLoss: losses(0), brier: losses(32) } : {}),
    bins: {
      sums: summed(outs.map((out) => new Float64Array(buffer, out + BIN_SUMS, 10))),
      counts: summedCounts(outs.map((out) => new Uint32Array(buffer, out + BIN_COUNTS, 20))),
    },
    cells: summedCounts(outs.map((out) => new Uint32Array(buffer, out + CELLS, 2 * TALLY_CELLS))),
  };
}

/** Of all parts, in their order. */
function summed([first, ...others]: readonly Float64Array[]): Float64Array {
  const sums = Float64Array.from(first ?? []);
  for (const part of others) for (const [index, value] of part.entries()) sums[index] = (sums[index] as number) + value;
  return sums;
}

/** The same of many whole numbers: a loop over arrays of one kind is compiled to a fraction of the time. */
function summedCounts([first, ...others]: readonly Uint32Array[]): Uint32Array {
  const sums = Uint32Array.from(first ?? []);
  for (const part of others) {
    for (let index = 0; index < sums.length; index += 1)
      sums[index] = (sums[index] as number) + (part[index] as number);
  }
  return sums;
}

/** Sum of the losses themselves. */
export const totalLoss = ({ rows, shifts, sums }: LossSums): number =>
  rows[0] * shifts[0] + sums[0] + (rows[1] * shifts[1] + sums[1]);
