import { knownTally } from '../../kernels/memo';
import type { LossSums } from '../../kernels/tally';
import type { Measured, MetricName } from './definition';
import { className, type Rows } from './input';
import type { Summed } from './prepared';
import { sum, weightedSum } from './prepared';

const EPSILON = Number.EPSILON;

type Loss = (rows: Rows, losses: Float64Array) => void;

const clip = (probability: number): number => Math.min(1 - EPSILON, Math.max(EPSILON, probability));

const LOSSES: Readonly<Partial<Record<MetricName, Loss>>> = {
  log_loss: ({ task, labels, columns }, losses) => {
    const [first = new Float64Array()] = columns;
    for (let row = 0; row < losses.length; row += 1) {
      const label = labels[row] as number;
      const own = task === 'binary' ? first : columns[label];
      const p = own?.[row] as number;
      // scikit-learn clips to the machine epsilon, so that one certain mistake is not an infinite loss.
      losses[row] = -Math.log(clip(task === 'binary' && label !== 1 ? 1 - p : p));
    }
  },
  brier: ({ task, labels, columns }, losses) => {
    for (const [index, column] of columns.entries()) {
      const positive = task === 'binary' ? 1 : index;
      for (let row = 0; row < losses.length; row += 1) {
        const miss = (column[row] as number) - (labels[row] === positive ? 1 : 0);
        losses[row] = (losses[row] as number) + miss * miss;
      }
    }
  },
  mae: ofError((error) => Math.abs(error)),
  rmse: ofError((error) => error * error),
  mape: ofError((error, label) => Math.abs(error) / Math.max(Math.abs(label), EPSILON)),
  pinball: (rows, losses) => {
    const { quantile } = rows.parameters;
    ofError((error) => Math.max(quantile * error, (quantile - 1) * error))(rows, losses);
  },
};

/** @param loss of label − prediction, and the label */
function ofError(loss: (error: number, label: number) => number): Loss {
  return ({ labels, columns: [predicted = new Float64Array()] }, losses) => {
    for (let row = 0; row < losses.length; row += 1) {
      const label = labels[row] as number;
      losses[row] = loss(label - (predicted[row] as number), label);
    }
  };
}

/** Loss of each row. */
function lossesOf(metric: MetricName, rows: Rows): Float64Array {
  const losses = new Float64Array(rows.n);
  LOSSES[metric]?.(rows, losses);
  return losses;
}

export const isSummed = (metric: MetricName): boolean => metric in LOSSES || metric === 'r2';

/** Prepares a mean of losses, its root, or R². */
export function prepareSummed(metric: MetricName, rows: Rows): Summed {
  if (metric === 'r2') return prepareR2(rows);
  const root = metric === 'rmse';
  const sole = metric === 'log_loss' ? soleClass(rows) : undefined;
  let losses: readonly Float64Array[] | undefined;
  return {
    kind: 'summed',
    n: rows.n,
    terms: () => (losses ??= [lossesOf(metric, rows)]),
    known: knownSums(metric, rows),
    of: ([weight = 0, loss = 0]) => {
      const none = whyEmpty(rows, weight);
      if (none !== undefined) return none;
      if (sole !== undefined) return { undefined: sole };
      return { value: root ? Math.sqrt(loss / weight) : loss / weight };
    },
    gradient: ([weight = 0, loss = 0]) => {
      const outer = root ? 1 / (2 * Math.sqrt(loss / weight)) : 1;
      return [(-outer * loss) / (weight * weight), outer / weight];
    },
  };
}

/** Sums that a pass over the scores has left. */
function knownSums(metric: MetricName, { task, labels, columns }: Rows): LossSums | undefined {
  const known = task === 'binary' ? knownTally(columns[0], labels) : undefined;
  if (metric === 'log_loss') return known?.logLoss;
  return metric === 'brier' ? known?.brier : undefined;
}

/** 1 − Σw(y−ŷ)² / (Σwd² − (Σwd)²/Σw), d = y − ȳ of all rows, which keeps the digits of labels far from 0. */
function prepareR2(rows: Rows): Summed {
  const { weights, n } = rows;
  const labels = Float64Array.from(rows.labels);
  const mean = weights === undefined ? sum(labels) / n : weightedSum(labels, weights) / sum(weights);
  const distances = labels.map((label) => label - mean);
  const constant = labels.every((label) => label === labels[0]);
  const terms = [lossesOf('rmse', rows), distances, distances.map((distance) => distance * distance)];
  return {
    kind: 'summed',
    n,
    terms: () => terms,
    of: ([weight = 0, loss = 0, first = 0, second = 0]) => {
      const none = whyEmpty(rows, weight);
      if (none !== undefined) return none;
      if (constant) return { undefined: `every row has the label ${labels[0]}` };
      const spread = second - (first * first) / weight;
      if (!(spread > 0)) return { undefined: 'every row that has weight has the same label' };
      return { value: 1 - loss / spread };
    },
    gradient: ([weight = 0, loss = 0, first = 0, second = 0]) => {
      const spread = second - (first * first) / weight;
      const scale = loss / (spread * spread);
      return [(scale * first * first) / (weight * weight), -1 / spread, (-2 * scale * first) / weight, scale];
    },
  };
}

function whyEmpty({ n }: Rows, weight: number): Extract<Measured, { undefined: string }> | undefined {
  if (n === 0) return { undefined: 'there are no rows' };
  return weight > 0 ? undefined : { undefined: 'the weights of the rows sum to 0' };
}

/** `every row is positive`, if it is. */
function soleClass(rows: Rows): string | undefined {
  const [first] = rows.labels;
  if (first === undefined) return undefined;
  for (let row = 1; row < rows.n; row += 1) if (rows.labels[row] !== first) return undefined;
  return `every row is ${className(rows, first)}`;
}
