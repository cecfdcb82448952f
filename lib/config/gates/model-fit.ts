import type { z } from 'zod';
import { DEFAULT_PROMOTION_METRIC } from '../../core/model/config';
import { METRICS, metricNamed, metricsFor } from '../../core/model/metrics/catalog';
import { isCounted } from '../../core/model/metrics/confusion';
import type { MetricName, Task } from '../../core/model/metrics/definition';
import { didYouMean } from '../../core/nearest';

type Path = readonly (string | number)[];

interface Finding {
  readonly path: Path;
  readonly message: string;
}

/**
 * What only the whole file tells: metrics that the task does not have, columns that are not declared, tests that do not go
 * with their metric. Takes the document as it is, since other parts of it may be wrong and all problems are told at once.
 */
export function modelFits(gates: unknown, context: z.RefinementCtx): void {
  const dataset = child(gates, 'dataset');
  const model = child(gates, 'model');
  const task = taskOf(dataset);
  const findings = [
    ...(task === undefined ? [] : metricsFit(model, task)),
    ...(task === undefined ? [] : taskFits(model, task)),
    ...columnsExist(model, dataset),
    ...namesDiffer(model),
    ...(task === undefined ? [] : promotionFits(model, task)),
  ];
  for (const { path, message } of findings) {
    context.addIssue({ code: 'custom', path: ['model', ...path], message });
  }
}

function child(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string | number, unknown>>)[key]
    : undefined;
}

const entries = (value: unknown): readonly [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const TASKS: readonly Task[] = ['binary', 'multiclass', 'regression'];

const taskOf = (dataset: unknown): Task | undefined => TASKS.find((task) => task === child(dataset, 'task'));

const isMetric = (name: unknown): name is MetricName => METRICS.has(name as MetricName);

interface NamedMetric {
  readonly path: Path;
  readonly name: MetricName;
  readonly bounds: unknown;
}

const namedIn = (at: Path, metrics: unknown): readonly NamedMetric[] =>
  entries(metrics).flatMap(([name, bounds]) => (isMetric(name) ? [{ path: [...at, name], name, bounds }] : []));

/** Where metrics are named, with their bounds. */
const metricsIn = (model: unknown): readonly NamedMetric[] => [
  ...namedIn(['metrics'], child(model, 'metrics')),
  ...list(child(model, 'slices')).flatMap((slice, i) => namedIn(['slices', i, 'metrics'], child(slice, 'metrics'))),
];

function metricsFit(model: unknown, task: Task): readonly Finding[] {
  const promotion = child(child(model, 'promotion'), 'metric');
  return metricsFitTask(model, task, [
    ...metricsIn(model),
    ...(isMetric(promotion) ? [{ path: ['promotion', 'metric'], name: promotion, bounds: undefined }] : []),
  ]);
}

/** @param model what the rows are like: in clusters or not */
function metricsFitTask(model: unknown, task: Task, metrics: readonly NamedMetric[]): readonly Finding[] {
  const allowed = metricsFor(task);
  return metrics.flatMap(({ path, name, bounds }) => {
    const message = `is no metric of a ${task} task, which has ${allowed.join(', ')}`;
    return allowed.includes(name) ? intervalFits(model, path, name, bounds) : [{ path, message }];
  });
}

/** Metrics of live predictions are those of the task, with intervals that they have. */
export function qualityFits(gates: unknown, context: z.RefinementCtx): void {
  const task = taskOf(child(gates, 'dataset'));
  if (task === undefined) return;
  const at = ['monitoring', 'quality', 'metrics'];
  const metrics = at.reduce<unknown>((value, step) => child(value, step), gates);
  for (const { path, message } of metricsFitTask(child(gates, 'model'), task, namedIn(at, metrics))) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
}

/** Intervals by formula belong to some metrics and to independent rows; resampling fits all. */
function intervalFits(model: unknown, path: Path, name: MetricName, bounds: unknown): readonly Finding[] {
  const chosen = child(bounds, 'interval');
  if (chosen !== 'delong' && chosen !== 'wilson' && chosen !== 'delta') return [];
  const at = [...path, 'interval'];
  const { interval: own, fixed } = metricNamed(name);
  const smooth = !isCounted(fixed?.metric ?? name);
  if (chosen === 'delta' ? !smooth : chosen !== own) {
    const also = [...(own === 'bootstrap' ? [] : [own]), ...(smooth ? ['delta'] : [])];
    return [{ path: at, message: `is no interval of ${name}, which has ${[...also, 'percentile', 'bca'].join(', ')}` }];
  }
  if (chosen === 'delta' || child(model, 'clusters') === undefined) return [];
  return [{ path: at, message: 'takes rows for independent; with model.clusters it is percentile or bca' }];
}

function taskFits(model: unknown, task: Task): readonly Finding[] {
  if (task === 'binary') return [];
  return list(child(model, 'fairness')).map((_, i) => ({
    path: ['fairness', i],
    message: `compares rates of a predicted class: dataset.task is binary for it, not ${task}`,
  }));
}

/** Columns that the gate reads from the golden data. */
function columnsExist(model: unknown, dataset: unknown): readonly Finding[] {
  const columns = entries(child(dataset, 'columns')).map(([name]) => name);
  if (columns.length === 0) return [];
  const paths: readonly Path[] = [
    ['weights'],
    ['clusters'],
    ...list(child(model, 'slices')).map((_, i) => ['slices', i, 'column']),
    ...list(child(model, 'fairness')).map((_, i) => ['fairness', i, 'column']),
    ...list(child(child(child(model, 'sanity'), 'leakage'), 'ignore')).map((_, i) => [
      'sanity',
      'leakage',
      'ignore',
      i,
    ]),
  ];
  return paths.flatMap((path) => {
    const name = path.reduce<unknown>((value, step) => child(value, step), model);
    if (typeof name !== 'string' || name === '' || columns.includes(name)) return [];
    const hint = didYouMean(name, columns);
    return [{ path, message: `names no column of dataset.columns${hint}, which has ${columns.join(', ')}` }];
  });
}

/** Names and metric of a slice or of a comparison of groups are its check's id. */
function namesDiffer(model: unknown): readonly Finding[] {
  const seen = new Set<string>();
  const compared = list(child(model, 'fairness')).map(
    (fairness) => `${child(fairness, 'column')}\n${child(fairness, 'metric')}`,
  );
  const again = compared.flatMap((name, i): readonly Finding[] =>
    compared.indexOf(name) === i
      ? []
      : [{ path: ['fairness', i], message: 'compares the groups of an earlier entry by its metric' }],
  );
  const slices = list(child(model, 'slices')).flatMap((slice, i) => {
    const name = child(slice, 'name') ?? child(slice, 'column');
    if (typeof name !== 'string') return [];
    const twice = entries(child(slice, 'metrics')).filter(([metric]) => seen.has(`${name}\n${metric}`));
    for (const [metric] of entries(child(slice, 'metrics'))) seen.add(`${name}\n${metric}`);
    const path: Path = ['slices', i, child(slice, 'name') === undefined ? 'column' : 'name'];
    return twice.map(([metric]) => ({ path, message: `has bounds for ${metric} in an earlier slice of this name` }));
  });
  return [...slices, ...again];
}

/** McNemar's test knows equality alone, so it cannot say that a model is better by a margin or not worse by one. */
function promotionFits(model: unknown, task: Task): readonly Finding[] {
  const promotion = child(model, 'promotion');
  const test = child(promotion, 'test');
  const metric = child(promotion, 'metric') ?? DEFAULT_PROMOTION_METRIC[task];
  const path: Path = ['promotion', 'test'];
  if (typeof test !== 'string' || !isMetric(metric)) return [];
  if (test === 'bootstrap' || test === 'bca') return [];
  const wanted = test === 'delong' ? 'roc_auc' : 'accuracy';
  if (metric !== wanted) return [{ path, message: `compares ${wanted}; for ${metric} it is bootstrap or bca` }];
  const [rule, margin] = [child(promotion, 'rule'), child(promotion, 'margin')];
  if (test === 'mcnemar' && (rule !== 'superior' || margin !== 0)) {
    return [{ path, message: 'tests rule superior with margin 0; for a margin it is tango' }];
  }
  if (child(promotion, 'scale') !== 'relative') return [];
  return [{ path, message: 'compares absolute differences; for relative changes it is bootstrap or bca' }];
}
