import { mostProbable } from './confusion';
import type { Measured } from './definition';
import type { Rows } from './input';
import type { Weighed } from './prepared';
import { rankingOf } from './ranked';

/** Confidence and whether it was justified: of the positive class, or of several classes of the most probable. */
function claims({ n, task, columns, labels }: Rows): { confidence: Float64Array; right: Uint8Array } {
  const right = new Uint8Array(n);
  const [first = new Float64Array()] = columns;
  if (task === 'binary') {
    for (let row = 0; row < n; row += 1) right[row] = labels[row] === 1 ? 1 : 0;
    return { confidence: first, right };
  }
  const predicted = mostProbable(columns, n);
  const confidence = new Float64Array(n);
  for (let row = 0; row < n; row += 1) {
    confidence[row] = columns[predicted[row] as number]?.[row] ?? Number.NaN;
    right[row] = predicted[row] === labels[row] ? 1 : 0;
  }
  return { confidence, right };
}

/** Prepares the calibration error. Bins of equal weight are those of the rows as they are, in every resample. */
export function prepareEce(rows: Rows): Weighed {
  const { confidence, right } = claims(rows);
  const { bins, binning } = rows.parameters;
  const outside = confidence.find((p) => !(p >= 0 && p <= 1));
  const bin = binning === 'equal-mass' ? equalMass(confidence, rows.weights, bins) : equalWidth(confidence, bins);
  const misses = confidence.map((p, row) => p - (right[row] as number));
  const sumsOf = (weights: Float64Array | undefined): { readonly sums: Float64Array; readonly total: number } => {
    const sums = new Float64Array(bins);
    let total = 0;
    for (let row = 0; row < rows.n; row += 1) {
      const weight = weights === undefined ? 1 : (weights[row] as number);
      (sums[bin[row] as number] as number) += weight * (misses[row] as number);
      total += weight;
    }
    return { sums, total };
  };
  const error = (sums: Float64Array): number => sums.reduce((sum, miss) => sum + Math.abs(miss), 0);
  return {
    kind: 'weighed',
    of: (weights): Measured => {
      if (rows.n === 0) return { undefined: 'there are no rows' };
      if (outside !== undefined) return { undefined: `${outside} is no probability` };
      const { sums, total } = sumsOf(weights);
      return total > 0 ? { value: error(sums) / total } : { undefined: 'the weights of the rows sum to 0' };
    },
    influence: (weights) => {
      const { sums, total } = sumsOf(weights);
      const value = error(sums) / total;
      return misses.map((miss, row) => (Math.sign(sums[bin[row] as number] as number) * miss - value) / total);
    },
  };
}

/** Number of the bin ((b−1)/B, b/B] of each probability; 0 lies in the first. */
function equalWidth(confidence: Float64Array, bins: number): Uint16Array {
  const numbers = new Uint16Array(confidence.length);
  for (let row = 0; row < numbers.length; row += 1) {
    const p = confidence[row] as number;
    let bin = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1));
    // The product is rounded; the edge b/B decides.
    if (bin > 0 && p <= bin / bins) bin -= 1;
    else if (bin < bins - 1 && p > (bin + 1) / bins) bin += 1;
    numbers[row] = bin;
  }
  return numbers;
}

/** Bins of equal weight: equal probabilities stay together, in the bin of the middle of their weight. */
function equalMass(confidence: Float64Array, weights: Float64Array | undefined, bins: number): Uint16Array {
  const { order, last } = rankingOf(confidence, confidence, Number.NaN);
  const numbers = new Uint16Array(confidence.length);
  const weightAt = (place: number): number => weights?.[order[place] as number] ?? 1;
  let whole = 0;
  for (let place = 0; place < order.length; place += 1) whole += weightAt(place);
  let [before, tied, start] = [0, 0, 0];
  for (let place = 0; place < order.length; place += 1) {
    tied += weightAt(place);
    if (last[place] === 0) continue;
    const fromBelow = 1 - (before + tied / 2) / whole;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(fromBelow * bins)));
    for (let member = start; member <= place; member += 1) numbers[order[member] as number] = bin;
    before += tied;
    tied = 0;
    start = place + 1;
  }
  return numbers;
}
