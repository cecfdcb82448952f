import { cumulate, isValue, type Ladder } from './ladder';

/**
 * Steps that hold the order statistics from which the reference's quantiles are interpolated.
 *
 * @param bins number of equally probable bins, at least 2
 */
export function quantileSteps(ladder: Ladder, bins: number): readonly number[] {
  const below = cumulate(ladder).reference;
  const n = below.at(-1) ?? 0;
  if (n === 0) return [];
  const ranks = positions(n, bins).flatMap(({ rank }) => [rank, Math.min(rank + 1, n - 1)]);
  return [...new Set(ranks.map((rank) => stepOfRank(below, rank)))];
}

/** Type 7 of R. J. Hyndman and Y. Fan, The American Statistician 50 (1996), pp. 361–365: (n − 1)·p, counted from 0. */
function positions(n: number, bins: number): readonly { readonly rank: number; readonly share: number }[] {
  return Array.from({ length: bins - 1 }, (_, k) => {
    const position = (n - 1) * ((k + 1) / bins);
    return { rank: Math.floor(position), share: position - Math.floor(position) };
  });
}

/** The step that holds the row of a rank, counted from 0. */
function stepOfRank(below: Float64Array, rank: number): number {
  let [low, high] = [0, below.length - 2];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((below[middle + 1] ?? 0) > rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Edges between bins of a number: the reference's quantiles (interpolated as NumPy and R do), pinned. Bins are
 * `(edge, next edge]`; the outer ones are open, so that values beyond all that the reference had belong to them.
 * Equal quantiles (heavy ties) become one edge, and an edge at the reference's maximum is left out, for no reference
 * row lies above it. Distinct values, more of them than bins, leave no bin of the reference empty. A constant reference
 * gets three bins: below, at and above it.
 *
 * @throws RangeError when a step that `quantileSteps` names is still open
 */
export function quantileEdges(ladder: Ladder, bins: number): readonly number[] {
  const below = cumulate(ladder).reference;
  const n = below.at(-1) ?? 0;
  if (n === 0) return [];
  const valueAt = (rank: number): number => {
    const step = stepOfRank(below, rank);
    if (!isValue(ladder, step)) throw new RangeError(`the value of rank ${rank} lies in an open cell`);
    return ladder.low[step] ?? Number.NaN;
  };
  const quantiles = positions(n, bins).map(({ rank, share }) => {
    const low = valueAt(rank);
    const high = valueAt(Math.min(rank + 1, n - 1));
    return share === 0 || low === high ? low : low + share * (high - low);
  });
  const top = ladder.low[stepOfRank(below, n - 1)] ?? Number.NaN;
  const bottom = ladder.low[stepOfRank(below, 0)] ?? Number.NaN;
  if (top === bottom && isValue(ladder, stepOfRank(below, 0))) return aroundConstant(top);
  return [...new Set(quantiles)].filter((edge) => Number.isFinite(edge) && edge < top);
}

function aroundConstant(value: number): readonly number[] {
  if (!Number.isFinite(value)) return [];
  return [previousDouble(value), value];
}

/** The greatest double below a finite one. */
function previousDouble(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return view.getFloat64(0);
}

/** Open cells that an edge may divide. */
export function dividedSteps(ladder: Ladder, edges: readonly number[]): readonly number[] {
  const found: number[] = [];
  for (let step = 0; step < ladder.low.length; step += 1) {
    if (isValue(ladder, step)) continue;
    const [low, high] = [ladder.low[step] ?? 0, ladder.high[step] ?? 0];
    // Borders of cells are known to rounding only.
    const slack = 1e-9 * (high - low) + 4 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high));
    if ((edges[firstFrom(edges, low - slack)] ?? Number.POSITIVE_INFINITY) <= high + slack) found.push(step);
  }
  return found;
}

/** Place of the first edge that is not below a value: the bin `(edge, next edge]` that it belongs to. */
export function firstFrom(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows of each sample by bin `(edge, next edge]`. No open cell may be divided by an edge. */
export function countBins(
  ladder: Ladder,
  edges: readonly number[],
): { readonly reference: Float64Array; readonly current: Float64Array } {
  const reference = new Float64Array(edges.length + 1);
  const current = new Float64Array(edges.length + 1);
  let bin = 0;
  for (let step = 0; step < ladder.low.length; step += 1) {
    const value = ((ladder.low[step] ?? 0) + (ladder.high[step] ?? 0)) / 2;
    while (bin < edges.length && value > (edges[bin] ?? 0)) bin += 1;
    reference[bin] = (reference[bin] ?? 0) + (ladder.reference[step] ?? 0);
    current[bin] = (current[bin] ?? 0) + (ladder.current[step] ?? 0);
  }
  return { reference, current };
}
