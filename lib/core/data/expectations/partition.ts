import type { Value } from '../table';

/** Categories with their shares, or bins with theirs; `tail_weights` lie below the first and above the last edge. */
export interface Partition {
  readonly values?: readonly Value[];
  readonly bins?: readonly number[];
  readonly weights: readonly number[];
  readonly tail_weights?: readonly number[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** As numpy.allclose: relative 1e-5, absolute 1e-8. */
const isOne = (total: number): boolean => Math.abs(total - 1) <= 1e-8 + 1e-5;

const areNumbers = (list: unknown): list is readonly number[] =>
  Array.isArray(list) && list.every((one) => typeof one === 'number' && !Number.isNaN(one));

/** Undefined for a partition that adds up. */
export function partitionProblem(partition: unknown): string | undefined {
  const { values, bins, weights, tail_weights: tails } = (partition ?? {}) as Partial<Partition>;
  if (!areNumbers(weights)) return 'Invalid partition object: it has weights, and values or bins';
  if (Array.isArray(values)) {
    if (values.length !== weights.length) return 'Invalid partition object: values and weights differ in length';
    return isOne(sum(weights)) ? undefined : 'Invalid partition object: the weights do not sum to 1';
  }
  if (!areNumbers(bins)) return 'Invalid partition object: it has weights, and values or bins';
  if (bins.length !== weights.length + 1) return 'Invalid partition object: there is one bin edge more than weights';
  if (bins.some((edge, i) => i > 0 && edge <= (bins[i - 1] ?? 0))) return 'Invalid partition object: bins must ascend';
  if (tails !== undefined && (!areNumbers(tails) || tails.length !== 2)) {
    return 'Invalid partition object: tail_weights are two numbers';
  }
  return isOne(sum(weights) + sum(tails ?? [])) ? undefined : 'Invalid partition object: the weights do not sum to 1';
}

/** Σ p·ln(p/q) of two lists of weights, each first brought to the sum 1, as scipy.stats.entropy(p, q). */
export function relativeEntropy(observed: readonly number[], expected: readonly number[]): number {
  const [p, q] = [sum(observed), sum(expected)];
  return observed.reduce((all, weight, i) => {
    const [a, b] = [weight / p, (expected[i] ?? 0) / q];
    if (a === 0) return all;
    return b === 0 ? Number.POSITIVE_INFINITY : all + a * Math.log(a / b);
  }, 0);
}

export interface Binned {
  readonly bins: readonly number[];
  readonly weights: readonly number[];
  readonly tail_weights: readonly number[];
}

/** What was counted in the bins, and beyond them, as shares of the present values. */
export interface BinnedShares {
  readonly shares: readonly number[];
  readonly below: number;
  readonly above: number;
}

/**
 * Brings bins with infinite edges, with tail weights, or with holdouts into one shape: finite bins and two tails.
 * Zero weights share `internalHoldout`; the tails share `tailHoldout`, a single open tail takes all of it.
 * Source: Great Expectations, expect_column_kl_divergence_to_be_less_than.
 *
 * @throws RangeError in Great Expectations' words
 */
export function binned(
  { bins = [], weights, tail_weights: tails }: Partition,
  { shares, below, above }: BinnedShares,
  tailHoldout: number,
  internalHoldout: number,
): { readonly observed: Binned; readonly expected: Binned } {
  const scaled = weights.map((weight) => weight * (1 - tailHoldout - internalHoldout));
  const zeros = scaled.filter((weight) => weight === 0).length;
  const spread = scaled.map((weight) => (weight === 0 && internalHoldout > 0 ? internalHoldout / zeros : weight));
  const [openLow, openHigh] = [bins[0] === Number.NEGATIVE_INFINITY, bins.at(-1) === Number.POSITIVE_INFINITY];
  if (openLow && openHigh && tailHoldout > 0) {
    throw new RangeError('tail_weight_holdout cannot be used for partitions with infinite endpoints.');
  }
  if ((openLow || openHigh) && tails !== undefined) {
    throw new RangeError('There can be no tail weights for partitions with one or both endpoints at infinity');
  }
  const holdout = openLow || openHigh ? tailHoldout : tailHoldout / 2;
  const [from, to] = [openLow ? 1 : 0, openHigh ? -1 : undefined];
  const side = (list: readonly number[], low: number, high: number): Binned => ({
    bins: bins.slice(from, to),
    weights: list.slice(from, to),
    tail_weights: [openLow ? (list[0] ?? 0) : low, openHigh ? (list.at(-1) ?? 0) : high],
  });
  return {
    observed: side(shares, below, above),
    expected: side(spread, tails?.[0] ?? holdout, tails?.[1] ?? holdout),
  };
}

const withTails = ({ weights, tail_weights: [low = 0, high = 0] }: Binned): readonly number[] => [
  low,
  ...weights,
  high,
];

export const binnedEntropy = (observed: Binned, expected: Binned): number =>
  relativeEntropy(withTails(observed), withTails(expected));
