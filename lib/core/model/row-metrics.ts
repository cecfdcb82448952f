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
   * Prepares what is the same for every selection of rows, so that a bootstrap does it once.
   *
   * @returns the metric of the rows whose numbers are given, repetitions allowed, as scikit-learn defines it; NaN where it is
   * undefined, where scikit-learn raises or warns
   */
  of(rows: Scored, threshold: number): Statistic;
}

export type Statistic = (selection: Uint32Array) => number;

/** Counts of right and wrong answers at a threshold: a score equal to it counts as positive. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

export function confusion({ targets, scores }: Scored, selection: Uint32Array, threshold: number): Confusion {
  let [positives, predicted, truePositives] = [0, 0, 0];
  for (const row of selection) {
    const isPositive = targets[row] === 1 ? 1 : 0;
    const isPredicted = (scores[row] ?? Number.NaN) >= threshold ? 1 : 0;
    positives += isPositive;
    predicted += isPredicted;
    truePositives += isPositive * isPredicted;
  }
  const falsePositives = predicted - truePositives;
  const falseNegatives = positives - truePositives;
  const trueNegatives = selection.length - truePositives - falsePositives - falseNegatives;
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
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
function meanLoss(loss: (target: number, score: number) => number): Metric['of'] {
  return ({ targets, scores }) => {
    const losses = targets.map((target, row) => loss(target, at(scores, row)));
    return (selection) => {
      let sum = 0;
      for (const row of selection) sum += losses[row] ?? Number.NaN;
      return sum / selection.length;
    };
  };
}

const meanLogLoss = meanLoss((target, score) => {
  // scikit-learn clips to the machine epsilon, so that one certain mistake is not an infinite loss.
  const clipped = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, score));
  return -Math.log(target === 1 ? clipped : 1 - clipped);
});

const logLoss: Metric['of'] = (rows, threshold) => {
  const mean = meanLogLoss(rows, threshold);
  return (selection) => (hasBothClasses(rows, selection) ? mean(selection) : Number.NaN);
};

const squaredError = meanLoss((target, score) => (target - score) ** 2);

const rootOfSquaredError: Metric['of'] = (rows, threshold) => {
  const mean = squaredError(rows, threshold);
  return (selection) => Math.sqrt(mean(selection));
};

/** 1 − Σ(y − ŷ)²/Σ(y − ȳ)². Undefined for a constant label, where scikit-learn puts 0 or 1 in its place. */
const r2: Metric['of'] = (rows, threshold) => {
  const unexplained = squaredError(rows, threshold);
  const { targets } = rows;
  return (selection) => {
    let [sum, spread] = [0, 0];
    for (const row of selection) sum += targets[row] ?? Number.NaN;
    const mean = sum / selection.length;
    for (const row of selection) spread += ((targets[row] ?? Number.NaN) - mean) ** 2;
    return spread > 0 ? 1 - (unexplained(selection) * selection.length) / spread : Number.NaN;
  };
};

/** A ratio of counts; 0 where nothing was predicted positive (scikit-learn's zero_division), NaN without a positive row. */
function ofCounts(ratio: (counts: Confusion) => readonly [part: number, whole: number]): Metric['of'] {
  return (rows, threshold) => (selection) => {
    const counts = confusion(rows, selection, threshold);
    if (counts.truePositives + counts.falseNegatives === 0) return Number.NaN;
    const [part, whole] = ratio(counts);
    return whole === 0 ? 0 : part / whole;
  };
}

const accuracy: Metric['of'] = (rows, threshold) => (selection) => {
  const { truePositives, trueNegatives } = confusion(rows, selection, threshold);
  return (truePositives + trueNegatives) / selection.length;
};

const hasBothClasses = ({ targets }: Scored, selection: Uint32Array): boolean =>
  selection.some((row) => targets[row] === 1) && selection.some((row) => targets[row] === 0);

type Definition = Omit<Metric, 'name'>;

const DEFINITIONS: Readonly<Record<MetricName, Definition>> = {
  roc_auc: {
    title: 'ROC AUC',
    task: 'binary',
    better: 'higher',
    of: (rows) => (selection) => areaOf(rows, selection)?.auc ?? Number.NaN,
  },
  accuracy: { title: 'accuracy', task: 'binary', better: 'higher', of: accuracy },
  log_loss: { title: 'log loss', task: 'binary', better: 'lower', of: logLoss },
  brier: { title: 'Brier score', task: 'binary', better: 'lower', of: squaredError },
  precision: {
    title: 'precision',
    task: 'binary',
    better: 'higher',
    of: ofCounts((c) => [c.truePositives, c.truePositives + c.falsePositives]),
  },
  recall: {
    title: 'recall',
    task: 'binary',
    better: 'higher',
    of: ofCounts((c) => [c.truePositives, c.truePositives + c.falseNegatives]),
  },
  f1: {
    title: 'F1',
    task: 'binary',
    better: 'higher',
    of: ofCounts((c) => [2 * c.truePositives, 2 * c.truePositives + c.falsePositives + c.falseNegatives]),
  },
  mae: {
    title: 'mean absolute error',
    task: 'regression',
    better: 'lower',
    of: meanLoss((target, score) => Math.abs(target - score)),
  },
  rmse: { title: 'root mean squared error', task: 'regression', better: 'lower', of: rootOfSquaredError },
  r2: { title: 'R²', task: 'regression', better: 'higher', of: r2 },
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
