import { knownTally } from '../../kernels/memo';
import { averagedRatio } from './averages';
import type { MetricName, Undefined } from './definition';
import type { Rows } from './input';
import { type ClassMetric, OF_CLASSES, type Totals } from './of-classes';
import type { Counted } from './prepared';

/** Metrics that the confusion matrix determines. */
export const isCounted = (metric: MetricName): metric is ClassMetric => metric in OF_CLASSES;

/** Prepares a metric of the predicted class. */
export function prepareCounted(metric: ClassMetric, rows: Rows): Counted {
  const classes = rows.task === 'binary' ? 2 : rows.columns.length;
  const { average } = rows.parameters;
  let cells: Uint32Array | undefined;
  return {
    kind: 'counted',
    classes,
    cells: () => (cells ??= cellsOf(rows, classes)),
    counts: countsOf(rows),
    of: (matrix) => {
      const totals = totalsOf(matrix, classes);
      const none = whyEmpty(rows, totals);
      if (none !== undefined) return none;
      if (rows.task === 'multiclass' && (metric === 'precision' || metric === 'recall' || metric === 'f1')) {
        return averagedRatio(metric, average, totals, rows);
      }
      return OF_CLASSES[metric](totals, rows);
    },
  };
}

/** Rows by cell, if a pass over them counted by the same threshold. */
function countsOf({ task, labels, columns, parameters }: Rows): Float64Array | undefined {
  const known = task === 'binary' ? knownTally(columns[0], labels) : undefined;
  return known?.threshold === parameters.threshold ? known.matrix : undefined;
}

function whyEmpty(rows: Rows, { total }: Totals): Undefined | undefined {
  if (rows.n === 0) return { undefined: 'there are no rows' };
  return total > 0 ? undefined : { undefined: 'the weights of the rows sum to 0' };
}

function totalsOf(matrix: Float64Array, classes: number): Totals {
  const [labelled, predicted] = [new Float64Array(classes), new Float64Array(classes)];
  let [total, right] = [0, 0];
  for (let label = 0; label < classes; label += 1) {
    for (let column = 0; column < classes; column += 1) {
      const weight = matrix[label * classes + column] as number;
      (labelled[label] as number) += weight;
      (predicted[column] as number) += weight;
      total += weight;
    }
    right += matrix[label * classes + label] as number;
  }
  const hits = Float64Array.from({ length: classes }, (_, label) => matrix[label * classes + label] as number);
  return { classes, labelled, predicted, hits, total, right };
}

/** label · classes + predicted class, for each row. */
function cellsOf({ n, task, labels, columns, parameters }: Rows, classes: number): Uint32Array {
  const cells = new Uint32Array(n);
  const [first] = columns;
  if (task === 'binary' && first !== undefined) {
    const { threshold } = parameters;
    for (let row = 0; row < n; row += 1) {
      cells[row] = (labels[row] === 1 ? 2 : 0) + ((first[row] as number) >= threshold ? 1 : 0);
    }
    return cells;
  }
  const predicted = mostProbable(columns, n);
  for (let row = 0; row < n; row += 1) cells[row] = (labels[row] as number) * classes + (predicted[row] as number);
  return cells;
}

/** The class with the highest probability, the first of equals (as NumPy's argmax). */
export function mostProbable(columns: readonly Float64Array[], n: number): Uint32Array {
  const best = new Uint32Array(n);
  const highest = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < n; row += 1) {
      const probability = column[row] as number;
      if (probability > (highest[row] as number)) {
        highest[row] = probability;
        best[row] = index;
      }
    }
  }
  return best;
}
