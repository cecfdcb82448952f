import { basename } from 'node:path';
import { modelDefaults } from '../config/gates';
import { loadGatesFile } from '../config/load';
import type { BoundsByMetric, MetricName, ModelGateConfig, Task } from '../core/model';
import { METRICS, metricsFor } from '../core/model/metrics/catalog';
import { didYouMean } from '../core/nearest';
import { buildReport } from '../core/report/build';
import type { Report } from '../core/report/report';
import type { ModelEvidence, ModelReading } from '../engines/model/gather';
import type { AnswersRequest, GoldenRequest } from '../engines/predictions';
import type { NoSuchColumn } from '../engines/table-error';
import { UsageError } from '../release/environment';
import { requireFiles } from './model-files';
import { answersRequest, featuresOf, goldenRequest, readEvidence } from './model-input';

/** What the command line says of files that belong to no workload. */
export interface ModelFlags {
  readonly predictions?: string;
  readonly champion?: string;
  readonly data?: string;
  readonly config?: string;
  readonly key?: string;
  readonly label?: string;
  readonly task?: string;
  readonly positive?: string;
  readonly score?: string;
  readonly probabilities?: string;
  readonly min?: readonly string[];
  readonly max?: readonly string[];
  readonly metric?: readonly string[];
  readonly slice?: readonly string[];
  readonly rule?: string;
  readonly margin?: string;
  readonly minDelta?: string;
  readonly promotion?: string;
}

type Given = ModelFlags & { readonly predictions: string };

/**
 * Reads files without their workload: by a gates.yaml, or by flags alone. Key, label and groups may stand in the predictions.
 *
 * @returns what judges them, once nobody reads any more
 */
export async function readModelByFlags(flags: Given, reading: ModelReading): Promise<() => Report> {
  const { predictions, champion, data } = flags;
  requireFiles([predictions, ...[champion, data].flatMap((file) => (file === undefined ? [] : [file]))]);
  const judge = await (flags.config === undefined
    ? readEvidence(byFlags(flags), reading, columnProblem(flags))
    : readEvidence(byConfig(flags, flags.config), reading));
  return () => buildReport({ gate: 'model', release: { model: basename(predictions) }, checks: judge() }, new Date());
}

/** Says which flag names a column that is not there; the usual score needs none. */
function columnProblem(flags: Given): (error: NoSuchColumn) => Error {
  return ({ message, column }) => {
    const named = (['key', 'label', 'score', 'probabilities'] as const).find((flag) => flags[flag] === column);
    const flag = named ?? (flags.slice?.includes(column) === true ? 'slice' : undefined);
    return new UsageError(flag === undefined ? message : `--${flag} ${column}: ${message}`);
  };
}

function byConfig(flags: Given, file: string): ModelEvidence {
  const said = BY_FLAG_ONLY.find((name) => flags[name] !== undefined);
  if (said !== undefined) throw new UsageError(`--${dashed(said)} and --config exclude each other: ${file} says it`);
  const { gates } = loadGatesFile(file, '.');
  const golden = flags.data ?? flags.predictions;
  return {
    request: {
      task: gates.dataset.task,
      golden: goldenRequest(gates, [golden], golden),
      challenger: answersRequest(gates, [flags.predictions], flags.predictions),
    },
    ...championOf(flags, (path) => answersRequest(gates, [path], path)),
    model: gates.model,
    // The predictions' own columns are no features: the score is among them.
    features: flags.data === undefined ? [] : featuresOf(gates),
  };
}

/** What gates.yaml says where there is one. */
const BY_FLAG_ONLY = [
  'key',
  'label',
  'task',
  'positive',
  'score',
  'probabilities',
  'min',
  'max',
  'metric',
  'slice',
  'rule',
  'margin',
  'minDelta',
  'promotion',
] as const satisfies readonly (keyof ModelFlags)[];

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function byFlags(flags: Given): ModelEvidence {
  const { key, label, positive, score = 'score', probabilities = 'probabilities' } = flags;
  if (key === undefined || label === undefined) {
    throw new UsageError('--predictions needs --key COLUMN and --label COLUMN, or --config FILE, or --workload DIR');
  }
  const task = oneOf('task', flags.task ?? 'binary', ['binary', 'multiclass', 'regression'] as const);
  const path = flags.data ?? flags.predictions;
  const golden: GoldenRequest = { paths: [path], key, label, ...(positive === undefined ? {} : { positive }) };
  const answers = (file: string): AnswersRequest => ({ paths: [file], key, score, probabilities });
  return {
    request: { task, golden, challenger: answers(flags.predictions) },
    ...championOf(flags, answers),
    model: modelOf(flags, task),
    features: [],
  };
}

function championOf({ champion }: Given, answers: (path: string) => AnswersRequest): Pick<ModelEvidence, 'champion'> {
  return champion === undefined ? {} : { champion: { name: basename(champion), answers: answers(champion) } };
}

/** Measured where nothing is asked for. */
const USUAL: Readonly<Record<Task, readonly MetricName[]>> = {
  binary: ['roc_auc', 'accuracy', 'f1', 'log_loss', 'brier'],
  multiclass: ['accuracy', 'f1_macro', 'log_loss', 'brier'],
  regression: ['rmse', 'mae', 'r2'],
};

function modelOf(flags: Given, task: Task): ModelGateConfig {
  const bounded = boundsOf(flags, task);
  const metrics = Object.keys(bounded).length > 0 ? bounded : unbounded(USUAL[task]);
  const promotion = modelDefaults.promotion;
  const metric = flags.promotion === undefined ? undefined : metricOf('promotion', flags.promotion, task);
  return {
    ...modelDefaults,
    metrics,
    slices: (flags.slice ?? []).map((column) => ({
      column,
      minRows: 100,
      metrics: unbounded([metric ?? (task === 'binary' ? 'roc_auc' : task === 'multiclass' ? 'accuracy' : 'r2')]),
    })),
    promotion: {
      ...promotion,
      ...(metric === undefined ? {} : { metric }),
      rule: oneOf('rule', flags.rule ?? promotion.rule, ['superior', 'non-inferior'] as const),
      margin: numberOf('margin', flags.margin ?? String(promotion.margin)),
      ...(flags.minDelta === undefined ? {} : { minDelta: numberOf('min-delta', flags.minDelta) }),
    },
  };
}

const unbounded = (names: readonly MetricName[]): BoundsByMetric =>
  Object.fromEntries(names.map((name) => [name, { decide: 'point', confidence: 0.95 }]));

function boundsOf(flags: Given, task: Task): BoundsByMetric {
  const bounds: Record<string, { min?: number; max?: number; decide: 'point'; confidence: number }> = {};
  for (const name of flags.metric ?? []) bounds[metricOf('metric', name, task)] = { decide: 'point', confidence: 0.95 };
  for (const side of ['min', 'max'] as const) {
    for (const text of flags[side] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (name === '')
        throw new UsageError(`--${side} ${text}: is METRIC=NUMBER, e.g. --${side} ${metricsFor(task)[0]}=0.8`);
      const metric = metricOf(side, name, task);
      bounds[metric] = { ...(bounds[metric] ?? { decide: 'point', confidence: 0.95 }), [side]: numberOf(side, value) };
    }
  }
  return bounds;
}

function metricOf(flag: string, name: string, task: Task): MetricName {
  const allowed = metricsFor(task);
  if (METRICS.has(name as MetricName) && allowed.includes(name as MetricName)) return name as MetricName;
  throw new UsageError(
    `--${flag} ${name}: is no metric of a ${task} task${didYouMean(name, allowed)}, which has ${allowed.join(', ')}`,
  );
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${flag} ${value}: is one of ${allowed.join(', ')}${didYouMean(value, allowed)}`);
}

function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UsageError(`--${flag} ${text}: is a number`);
}
