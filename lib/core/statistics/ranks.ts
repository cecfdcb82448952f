/**
 * Mid-ranks, from 1: tied values share the mean of the ranks they cover. O(n log n).
 *
 * @param values finite numbers; order is arbitrary
 * @returns ranks in the order of `values`
 */
export function midRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => at(values, i) - at(values, j));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    const value = at(values, at(order, start));
    let end = start + 1;
    while (end < order.length && at(values, at(order, end)) === value) end += 1;
    for (let k = start; k < end; k += 1) ranks[at(order, k)] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** An element that the caller knows to exist; NaN would betray a wrong index in every statistic. */
export function at(values: Float64Array | Uint32Array | readonly number[], index: number): number {
  return values[index] ?? Number.NaN;
}
