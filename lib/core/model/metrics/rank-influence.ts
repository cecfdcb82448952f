import { averagePrecision, type ClassWeights, classWeights, lift, type Ranking, weightedAuc } from './ranked';

/*
 * Influence of each row on a metric of ranks: how fast the metric changes with the row's weight, ∂θ/∂wⱼ. With these the delta
 * method tells the interval of long columns in one pass (see `influenceVariance`).
 */

type Weights = Float64Array | undefined;

const weightOf = (weights: Weights, row: number): number => (weights === undefined ? 1 : (weights[row] as number));

/** Calls back for each run of equal scores from the highest: places from `start` to before `end`, and weights of its classes. */
function eachRun(
  { order, positive, last }: Ranking,
  weights: Weights,
  see: (start: number, end: number, positives: number, negatives: number) => void,
): void {
  let [start, positives, negatives] = [0, 0, 0];
  for (let place = 0; place < order.length; place += 1) {
    const weight = weightOf(weights, order[place] as number);
    if (positive[place] === 1) positives += weight;
    else negatives += weight;
    if (last[place] === 0) continue;
    see(start, place + 1, positives, negatives);
    start = place + 1;
    positives = 0;
    negatives = 0;
  }
}

/** Of a positive: (share of negatives below it, ties half, − AUC)/W⁺; of a negative: (share of positives above it − AUC)/W⁻. */
export function aucInfluence(ranking: Ranking, weights: Weights): Float64Array {
  const { order, positive } = ranking;
  const sizes = classWeights(ranking, weights);
  const auc = weightedAuc(ranking, weights);
  const influence = new Float64Array(order.length);
  let [above, negativesAbove] = [0, 0];
  eachRun(ranking, weights, (start, end, positives, negatives) => {
    const below = (sizes.negatives - negativesAbove - negatives / 2) / sizes.negatives;
    const higher = (above + positives / 2) / sizes.positives;
    for (let place = start; place < end; place += 1) {
      influence[order[place] as number] =
        positive[place] === 1 ? (below - auc) / sizes.positives : (higher - auc) / sizes.negatives;
    }
    above += positives;
    negativesAbove += negatives;
  });
  return influence;
}

/**
 * AP = Σ_g p_g·P_g/W⁺ over runs g, P_g the precision down to g. A row of weight changes P_g of its own run and all below it:
 * a positive by (1 − P_g)/N_g, a negative by −P_g/N_g, N_g the weight down to g.
 */
export function averagePrecisionInfluence(ranking: Ranking, weights: Weights): Float64Array {
  const { order, positive } = ranking;
  const { positives: whole } = classWeights(ranking, weights);
  const ap = averagePrecision(ranking, weights);
  const runs: { end: number; precision: number; ofPositive: number; ofNegative: number }[] = [];
  let [found, looked] = [0, 0];
  eachRun(ranking, weights, (_start, end, positives, negatives) => {
    found += positives;
    looked += positives + negatives;
    const precision = looked > 0 ? found / looked : 0;
    const share = looked > 0 ? positives / looked : 0;
    runs.push({ end, precision, ofPositive: share * (1 - precision), ofNegative: -share * precision });
  });
  const influence = new Float64Array(order.length);
  let [place, positivesBelow, negativesBelow] = [order.length - 1, 0, 0];
  for (let run = runs.length - 1; run >= 0; run -= 1) {
    const { precision, ofPositive, ofNegative } = runs[run] as (typeof runs)[number];
    positivesBelow += ofPositive;
    negativesBelow += ofNegative;
    const from = run === 0 ? 0 : (runs[run - 1] as (typeof runs)[number]).end;
    for (; place >= from; place -= 1) {
      influence[order[place] as number] =
        (positive[place] === 1 ? precision - ap + positivesBelow : negativesBelow) / whole;
    }
  }
  return influence;
}

/** At the threshold where TPR − FPR is largest: ([above it] − TPR)/W⁺ of a positive, −([above it] − FPR)/W⁻ of a negative. */
export function ksInfluence(ranking: Ranking, weights: Weights): Float64Array {
  const { order, positive } = ranking;
  const sizes = classWeights(ranking, weights);
  let [tpr, fpr, best, until, bestTpr, bestFpr] = [0, 0, 0, 0, 0, 0];
  eachRun(ranking, weights, (_start, end, positives, negatives) => {
    tpr += positives / sizes.positives;
    fpr += negatives / sizes.negatives;
    if (tpr - fpr <= best) return;
    [best, until, bestTpr, bestFpr] = [tpr - fpr, end, tpr, fpr];
  });
  const influence = new Float64Array(order.length);
  for (let place = 0; place < order.length; place += 1) {
    const above = place < until ? 1 : 0;
    influence[order[place] as number] =
      positive[place] === 1 ? (above - bestTpr) / sizes.positives : (bestFpr - above) / sizes.negatives;
  }
  return influence;
}

/**
 * lift = F/(s·W⁺), F the positives in the top share s. A row of weight moves the cut: it adds itself if it is above, and s (or
 * s − 1) of weight at the cut, of which the share π is positive. π is taken from the n^{4/5} rows around the cut.
 */
export function liftInfluence(ranking: Ranking, weights: Weights, share: number): Float64Array {
  const { order, positive } = ranking;
  const sizes: ClassWeights = classWeights(ranking, weights);
  const value = lift(ranking, weights, sizes, share);
  const wanted = share * (sizes.positives + sizes.negatives);
  let [cut, looked] = [0, 0];
  while (cut < order.length && looked < wanted) {
    looked += weightOf(weights, order[cut] as number);
    cut += 1;
  }
  const local = precisionAround(ranking, weights, cut);
  const influence = new Float64Array(order.length);
  for (let place = 0; place < order.length; place += 1) {
    const above = place < cut ? 1 : 0;
    const own = positive[place] === 1 ? above : 0;
    const gained = own + (share - above) * local;
    influence[order[place] as number] =
      gained / (share * sizes.positives) - (positive[place] === 1 ? value / sizes.positives : 0);
  }
  return influence;
}

function precisionAround({ order, positive }: Ranking, weights: Weights, cut: number): number {
  const reach = Math.max(1, Math.round(order.length ** 0.8 / 2));
  let [positives, all] = [0, 0];
  for (let place = Math.max(0, cut - reach); place < Math.min(order.length, cut + reach); place += 1) {
    const weight = weightOf(weights, order[place] as number);
    all += weight;
    if (positive[place] === 1) positives += weight;
  }
  return all > 0 ? positives / all : 0;
}
