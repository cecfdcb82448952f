import { orderOf } from '../../kernels/memo';
import { ROW_MASK, TIE_START } from '../../kernels/ranking';
import type { Labels } from '../columns';
import type { Measured } from './definition';

/** Rows from the highest score down, once for all weightings. */
export interface Ranking {
  readonly order: Uint32Array;
  /** 1 where the row at this place is positive. */
  readonly positive: Uint8Array;
  /** 1 where the next place has a lower score: thresholds lie only there. */
  readonly last: Uint8Array;
}

/** @throws RangeError for a score that is no finite number */
export function rankingOf(scores: Float64Array, labels: Labels, positiveLabel: number): Ranking {
  const ascending = orderOf(scores);
  const n = ascending.length;
  const [order, positive, last] = [new Uint32Array(n), new Uint8Array(n), new Uint8Array(n)];
  for (let place = 0; place < n; place += 1) {
    const entry = ascending[n - 1 - place] as number;
    const row = (entry & ROW_MASK) >>> 0;
    order[place] = row;
    positive[place] = labels[row] === positiveLabel ? 1 : 0;
    last[place] = entry >= TIE_START ? 1 : 0;
  }
  return { order, positive, last };
}

type Weights = Float64Array | undefined;

export interface ClassWeights {
  readonly positives: number;
  readonly negatives: number;
}

export function classWeights({ order, positive }: Ranking, weights: Weights): ClassWeights {
  let [positives, all] = [0, 0];
  for (let place = 0; place < order.length; place += 1) {
    const weight = weights === undefined ? 1 : (weights[order[place] as number] as number);
    all += weight;
    if (positive[place] === 1) positives += weight;
  }
  return { positives, negatives: all - positives };
}

/** Area under the ROC curve; NaN without both classes. */
export function weightedAuc({ order, positive, last }: Ranking, weights: Weights): number {
  let [above, negatives, tiedAbove, tied, area] = [0, 0, 0, 0, 0];
  for (let place = 0; place < order.length; place += 1) {
    const weight = weights === undefined ? 1 : (weights[order[place] as number] as number);
    if (positive[place] === 1) tiedAbove += weight;
    else tied += weight;
    if (last[place] === 0) continue;
    area += tied * (above + tiedAbove / 2);
    above += tiedAbove;
    negatives += tied;
    tiedAbove = 0;
    tied = 0;
  }
  return area / (above * negatives);
}

/** Σ over thresholds of the recall gained times the precision there. */
export function averagePrecision({ order, positive, last }: Ranking, weights: Weights): number {
  let [found, looked, gained, sum] = [0, 0, 0, 0];
  for (let place = 0; place < order.length; place += 1) {
    const weight = weights === undefined ? 1 : (weights[order[place] as number] as number);
    looked += weight;
    if (positive[place] === 1) gained += weight;
    if (last[place] === 0 || gained === 0) continue;
    found += gained;
    sum += (gained * found) / looked;
    gained = 0;
  }
  return sum / found;
}

/** Largest TPR − FPR over thresholds; at least 0, which both reach together. */
export function kolmogorovSmirnov(ranking: Ranking, weights: Weights, { positives, negatives }: ClassWeights): number {
  const { order, positive, last } = ranking;
  let [height, most] = [0, 0];
  for (let place = 0; place < order.length; place += 1) {
    const weight = weights === undefined ? 1 : (weights[order[place] as number] as number);
    height += positive[place] === 1 ? weight / positives : -weight / negatives;
    if (last[place] === 1 && height > most) most = height;
  }
  return Math.min(most, 1);
}

/** Share of positives in the `share` of the weight that scores highest, over their share in all; a tie that the cut splits counts in proportion. */
export function lift(
  ranking: Ranking,
  weights: Weights,
  { positives, negatives }: ClassWeights,
  share: number,
): number {
  const { order, positive, last } = ranking;
  const wanted = share * (positives + negatives);
  let [looked, found, tied, tiedFound] = [0, 0, 0, 0];
  for (let place = 0; place < order.length && looked < wanted; place += 1) {
    const weight = weights === undefined ? 1 : (weights[order[place] as number] as number);
    tied += weight;
    if (positive[place] === 1) tiedFound += weight;
    if (last[place] === 0 || tied === 0) continue;
    const part = Math.min(1, (wanted - looked) / tied);
    found += part * tiedFound;
    looked += part * tied;
    if (part < 1) break;
    tied = 0;
    tiedFound = 0;
  }
  return found / wanted / (positives / (positives + negatives));
}

/** Why a metric of both classes is undefined here, if it is. */
export function missingClass({ positives, negatives }: ClassWeights, n: number): Measured | undefined {
  if (n === 0) return { undefined: 'there are no rows' };
  if (!(positives + negatives > 0)) return { undefined: 'the weights of the rows sum to 0' };
  if (positives === 0) return { undefined: 'every row is negative' };
  return negatives === 0 ? { undefined: 'every row is positive' } : undefined;
}
