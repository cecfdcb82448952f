import { at, type RocArea, rocArea } from '../statistics';
import type { MetricName, Task } from './config';
import type { Scored } from './input';

export interface Metric {
  readonly name: MetricName;
  /** As a person writes it. */
  readonly title: string;
  readonly task: Task;
  readonly better: 'higher' | 'lower';
  /**
   * The metric of the rows whose numbers are given, repetitions allowed, as scikit-learn defines it.
   * NaN where it is undefined; scikit-learn raises or warns there.
   */
  compute(rows: Scored, selection: Uint32Array, threshold: number): number;
}

/** Counts of right and wrong answers at a threshold: a score equal to it counts as positive. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export function confusion(rows: Scored, selection: Uint32Array, threshold: number): Confusion {
  const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (const row of selection) {
    const predicted = at(rows.scores, row) >= threshold;
    if (at(rows.targets, row) === 1) counts[predicted ? 'truePositives' : 'falseNegatives'] += 1;
    else counts[predicted ? 'falsePositives' : 'trueNegatives'] += 1;
  }
  return counts;
}

/** The ROC area of the selected rows, or `null` if they lack a class. */
export function areaOf(rows: Scored, selection: Uint32Array): RocArea | null {
  const scoresOf = (target: number): Float64Array =>
    Float64Array.from(
      selection.filter((row) => at(rows.targets, row) === target),
      (row) => at(rows.scores, row),
    );
  const [positives, negatives] = [scoresOf(1), scoresOf(0)];
  return positives.length === 0 || negatives.length === 0 ? null : rocArea({ positives, negatives });
}

/** Mean over rows of a loss of (target, score). NaN without rows. */
function meanLoss(loss: (target: number, score: number) => number): Metric['compute'] {
  return (rows, selection) => {
    let sum = 0;
    for (const row of selection) sum += loss(at(rows.targets, row), at(rows.scores, row));
    return sum / selection.length;
  };
}

const logLoss = meanLoss((target, score) => {
  // scikit-learn clips to the machine epsilon, so that one certain mistake is not an infinite loss.
  const clipped = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, score));
  return -Math.log(target === 1 ? clipped : 1 - clipped);
});

const squared = meanLoss((target, score) => (target - score) ** 2);

/** 1 − Σ(y − ŷ)²/Σ(y − ȳ)². Undefined for a constant label, where scikit-learn puts 0 or 1 in its place. */
const r2: Metric['compute'] = (rows, selection) => {
  const mean = meanLoss((target) => target)(rows, selection, 0);
  const spread = meanLoss((target) => (target - mean) ** 2)(rows, selection, 0);
  return spread > 0 ? 1 - squared(rows, selection, 0) / spread : Number.NaN;
};

/** A ratio of counts; 0 where nothing was predicted positive (scikit-learn's zero_division), NaN without a positive row. */
function ofCounts(ratio: (counts: Confusion) => readonly [part: number, whole: number]): Metric['compute'] {
  return (rows, selection, threshold) => {
    const counts = confusion(rows, selection, threshold);
    if (counts.truePositives + counts.falseNegatives === 0) return Number.NaN;
    const [part, whole] = ratio(counts);
    return whole === 0 ? 0 : part / whole;
  };
}

const hasBothClasses = (rows: Scored, selection: Uint32Array): boolean =>
  selection.some((row) => at(rows.targets, row) === 1) && selection.some((row) => at(rows.targets, row) === 0);

type Definition = Omit<Metric, 'name'>;
const binary = (title: string, better: Metric['better'], compute: Metric['compute']): Definition => ({
  title,
  task: 'binary',
  better,
  compute,
});
const regression = (title: string, better: Metric['better'], compute: Metric['compute']): Definition => ({
  ...binary(title, better, compute),
  task: 'regression',
});

const DEFINITIONS: Readonly<Record<MetricName, Definition>> = {
  roc_auc: binary('ROC AUC', 'higher', (rows, selection) => areaOf(rows, selection)?.auc ?? Number.NaN),
  accuracy: binary('accuracy', 'higher', (rows, selection, threshold) => {
    const { truePositives, trueNegatives } = confusion(rows, selection, threshold);
    return (truePositives + trueNegatives) / selection.length;
  }),
  log_loss: binary('log loss', 'lower', (rows, selection, threshold) =>
    hasBothClasses(rows, selection) ? logLoss(rows, selection, threshold) : Number.NaN,
  ),
  brier: binary('Brier score', 'lower', squared),
  precision: binary(
    'precision',
    'higher',
    ofCounts((c) => [c.truePositives, c.truePositives + c.falsePositives]),
  ),
  recall: binary(
    'recall',
    'higher',
    ofCounts((c) => [c.truePositives, c.truePositives + c.falseNegatives]),
  ),
  f1: binary(
    'F1',
    'higher',
    ofCounts((c) => [2 * c.truePositives, 2 * c.truePositives + c.falsePositives + c.falseNegatives]),
  ),
  mae: regression(
    'mean absolute error',
    'lower',
    meanLoss((target, score) => Math.abs(target - score)),
  ),
  rmse: regression('root mean squared error', 'lower', (...given) => Math.sqrt(squared(...given))),
  r2: regression('R²', 'higher', r2),
};

export const metricNamed = (name: MetricName): Metric => ({ name, ...DEFINITIONS[name] });

/** Why a metric of these rows is NaN, for a sentence. */
export function whyUndefined(metric: Metric, rows: Scored, selection: Uint32Array): string {
  const first = selection[0];
  if (first === undefined) return 'there are no rows';
  const target = at(rows.targets, first);
  if (selection.every((row) => at(rows.targets, row) === target)) {
    return metric.task === 'binary'
      ? `every row is ${target === 1 ? 'positive' : 'negative'}`
      : `every row has the label ${target}`;
  }
  return 'its value is not a number';
}
