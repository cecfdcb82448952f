import type { Labels, Predictions } from '../columns';
import { metricNamed } from './catalog';
import {
  type CompleteParameters,
  DEFAULT_PARAMETERS,
  type MetricName,
  type MetricParameters,
  type Task,
} from './definition';

/** What a metric is measured on; arrays of equal length, one entry a row. ModelColumns fits with `predictions` added. */
export interface MetricInput extends MetricParameters {
  readonly labels: Labels;
  /** One column: binary or regression, as the metric's task says. Several: one probability a class. */
  readonly predictions: Predictions;
  /** Names of the classes, for sentences. */
  readonly classes?: readonly string[] | undefined;
  readonly weights?: Float64Array | undefined;
  readonly clusters?: Int32Array | undefined;
  /** Which rows count: their numbers, or a mask of 0 and 1 as long as `labels`. @default all */
  readonly rows?: Uint32Array | Uint8Array | undefined;
}

/** The rows that count, gathered: everything after this works on whole columns. */
export interface Rows {
  readonly n: number;
  readonly task: Task;
  readonly labels: Labels;
  readonly columns: readonly Float64Array[];
  readonly classes: readonly string[] | undefined;
  readonly weights: Float64Array | undefined;
  readonly clusters: Int32Array | undefined;
  readonly parameters: CompleteParameters;
}

/**
 * @throws RangeError if columns differ in length, the metric does not fit the task, or a parameter is out of its range
 */
export function rowsOf(name: MetricName, input: MetricInput): Rows {
  const task = taskOf(name, input);
  const parameters = complete(name, input);
  const { labels, predictions, weights, clusters, rows, classes } = input;
  for (const column of [...predictions.columns, weights, clusters]) {
    if (column !== undefined && column.length !== labels.length) {
      throw new RangeError(`${labels.length} labels stand beside a column of ${column.length} values`);
    }
  }
  const { columns } = predictions;
  const all: Rows = { task, classes, parameters, n: labels.length, labels, columns, weights, clusters };
  return rows === undefined ? all : select(all, numbers(rows, labels.length));
}

/** The same rows in another order, or some of them. */
export function select(rows: Rows, chosen: Uint32Array): Rows {
  return {
    ...rows,
    n: chosen.length,
    labels: take(rows.labels, chosen),
    columns: rows.columns.map((column) => take(column, chosen)),
    weights: rows.weights === undefined ? undefined : take(rows.weights, chosen),
    clusters: rows.clusters === undefined ? undefined : renumbered(rows.clusters, chosen),
  };
}

function taskOf(name: MetricName, { predictions, labels }: MetricInput): Task {
  const { tasks } = metricNamed(name);
  if (predictions.columns.length === 0) throw new RangeError(`predictions of ${labels.length} rows have no column`);
  const single: Task = tasks.includes('regression') ? 'regression' : 'binary';
  const task: Task = predictions.columns.length > 1 ? 'multiclass' : single;
  if (!tasks.includes(task)) throw new RangeError(`${name} is for ${tasks.join(' and ')} tasks, not for ${task} ones`);
  return task;
}

function complete(name: MetricName, input: MetricParameters): CompleteParameters {
  const { fixed } = metricNamed(name);
  const parameters: CompleteParameters = {
    threshold: input.threshold ?? DEFAULT_PARAMETERS.threshold,
    share: input.share ?? DEFAULT_PARAMETERS.share,
    quantile: input.quantile ?? DEFAULT_PARAMETERS.quantile,
    bins: input.bins ?? DEFAULT_PARAMETERS.bins,
    binning: input.binning ?? DEFAULT_PARAMETERS.binning,
    average: fixed?.average ?? input.average ?? DEFAULT_PARAMETERS.average,
  };
  const { share, quantile, bins } = parameters;
  if (!(share > 0 && share <= 1)) throw new RangeError(`share is ${share}; above 0 up to 1 is allowed`);
  if (!(quantile > 0 && quantile < 1)) throw new RangeError(`quantile is ${quantile}; between 0 and 1 is allowed`);
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= 10_000)) {
    throw new RangeError(`bins is ${bins}; a whole number from 1 to 10000 is allowed`);
  }
  return parameters;
}

function numbers(rows: Uint32Array | Uint8Array, n: number): Uint32Array {
  if (rows instanceof Uint32Array) {
    for (const row of rows) if (row >= n) throw new RangeError(`row ${row} is asked for; there are ${n} rows`);
    return rows;
  }
  if (rows.length !== n) throw new RangeError(`a mask of ${rows.length} rows stands beside ${n} labels`);
  let count = 0;
  for (let row = 0; row < n; row += 1) if (rows[row] !== 0) count += 1;
  const chosen = new Uint32Array(count);
  for (let row = 0, next = 0; row < n; row += 1) if (rows[row] !== 0) chosen[next++] = row;
  return chosen;
}

function take(values: Labels, chosen: Uint32Array): Float64Array {
  const taken = new Float64Array(chosen.length);
  for (let i = 0; i < chosen.length; i += 1) taken[i] = values[chosen[i] as number] as number;
  return taken;
}

/** Clusters of the chosen rows, numbered from 0 without gaps as a bootstrap needs them. */
function renumbered(clusters: Int32Array, chosen: Uint32Array): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from(chosen, (row) => {
    const cluster = clusters[row] as number;
    const known = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, known);
    return known;
  });
}

/** `positive`, or the class as a sentence names it. */
export function className(rows: Pick<Rows, 'task' | 'classes'>, index: number): string {
  if (rows.task === 'binary') return index === 1 ? 'positive' : 'negative';
  const name = rows.classes?.[index];
  return name === undefined ? `of class ${index}` : `of class "${name}"`;
}
