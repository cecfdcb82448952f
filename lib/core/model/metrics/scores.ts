import { className, type Rows } from './input';
import type { Weighed } from './prepared';
import { aucInfluence, averagePrecisionInfluence, ksInfluence, liftInfluence } from './rank-influence';
import {
  averagePrecision,
  type ClassWeights,
  classWeights,
  kolmogorovSmirnov,
  lift,
  missingClass,
  type Ranking,
  rankingOf,
  weightedAuc,
} from './ranked';

type RankMetric = 'roc_auc' | 'pr_auc' | 'ks' | 'lift';

/** Prepares a metric of the order that scores give. */
export function prepareRanked(metric: RankMetric, rows: Rows): Weighed {
  const [scores = new Float64Array()] = rows.columns;
  if (rows.task === 'multiclass') return prepareOneVsRest(rows);
  const ranking = rankingOf(scores, rows.labels, 1);
  return {
    kind: 'weighed',
    of: (weights) => {
      const sizes = classWeights(ranking, weights);
      if (metric === 'lift' && rows.n > 0 && sizes.positives > 0) {
        return { value: lift(ranking, weights, sizes, rows.parameters.share) };
      }
      return missingClass(sizes, rows.n) ?? { value: scoreOf(metric, ranking, weights, sizes) };
    },
    influence: (weights) => {
      if (metric === 'lift') return liftInfluence(ranking, weights, rows.parameters.share);
      return INFLUENCES[metric](ranking, weights);
    },
  };
}

const INFLUENCES = { roc_auc: aucInfluence, pr_auc: averagePrecisionInfluence, ks: ksInfluence } as const;

function scoreOf(metric: RankMetric, ranking: Ranking, weights: Float64Array | undefined, sizes: ClassWeights): number {
  if (metric === 'roc_auc') return weightedAuc(ranking, weights);
  return metric === 'pr_auc' ? averagePrecision(ranking, weights) : kolmogorovSmirnov(ranking, weights, sizes);
}

/** @throws RangeError for the micro average, which would compare probabilities of different classes */
function prepareOneVsRest(rows: Rows): Weighed {
  const { average } = rows.parameters;
  if (average === 'micro') throw new RangeError('roc_auc has no micro average; macro and weighted are allowed');
  const rankings = rows.columns.map((column, label) => rankingOf(column, rows.labels, label));
  return {
    kind: 'weighed',
    of: (weights) => {
      if (rows.n === 0) return { undefined: 'there are no rows' };
      let [sum, whole] = [0, 0];
      for (const [label, ranking] of rankings.entries()) {
        const { positives, negatives } = classWeights(ranking, weights);
        if (!(positives + negatives > 0)) return { undefined: 'the weights of the rows sum to 0' };
        if (positives === 0) return { undefined: `no row is ${className(rows, label)}` };
        if (negatives === 0) return { undefined: `every row is ${className(rows, label)}` };
        const share = average === 'weighted' ? positives : 1;
        sum += share * weightedAuc(ranking, weights);
        whole += share;
      }
      return { value: sum / whole };
    },
    influence: (weights) => oneVsRestInfluence(rankings, rows, weights),
  };
}

/** Of Σ_c s_c·AUC_c: the areas' influences by their shares s_c, and what a row does to the shares where these are by weight. */
function oneVsRestInfluence(rankings: readonly Ranking[], rows: Rows, weights: Float64Array | undefined): Float64Array {
  const weighted = rows.parameters.average === 'weighted';
  const sizes = rankings.map((ranking) => classWeights(ranking, weights));
  const areas = rankings.map((ranking) => weightedAuc(ranking, weights));
  const whole = sizes[0] === undefined ? Number.NaN : sizes[0].positives + sizes[0].negatives;
  const shares = sizes.map(({ positives }) => (weighted ? positives / whole : 1 / rankings.length));
  const value = areas.reduce((sum, area, label) => sum + area * (shares[label] ?? Number.NaN), 0);
  const influence = new Float64Array(rows.n);
  if (weighted) {
    for (let row = 0; row < rows.n; row += 1)
      influence[row] = ((areas[rows.labels[row] as number] as number) - value) / whole;
  }
  for (const [label, ranking] of rankings.entries()) {
    const ofClass = aucInfluence(ranking, weights);
    const share = shares[label] ?? Number.NaN;
    for (let row = 0; row < rows.n; row += 1) (influence[row] as number) += share * (ofClass[row] as number);
  }
  return influence;
}
