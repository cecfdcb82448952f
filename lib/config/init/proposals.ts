import { identifier } from '../../core/sql/sql';
import { amountOf, isGrouping, SLICE_ROWS, type Surveyed, sliceColumns, spreadOf } from './groups';
import type { InferredColumn } from './infer';
import { quantile } from './sample';
import { block, flow, indent } from './yaml';

/** Slices of columns that a first file proposes. */
const SLICES = 3;

/** Below this a drift gate is inconclusive: the default of `drift.minRows`. */
const DRIFT_ROWS = 100;

/** Below this a behaviour test is inconclusive: the default of `behaviour.tests[].minRows`. */
const TEST_ROWS = 20;

/** Each is text of whole lines; where the data gives no reason for a section, a comment says so. */
export function driftSection({ trainRows, holdoutRows }: Surveyed): string {
  const rows = Math.min(trainRows, holdoutRows);
  if (rows < DRIFT_ROWS) return `# No drift: with ${rows} rows it would be inconclusive; ${DRIFT_ROWS} are needed.\n`;
  return [
    '# Does the holdout look like the training data? Bounds of a column of its own go under drift.overrides.',
    block({ drift: { reference: 'train', current: 'holdout', thresholds: { psi: { warn: 0.1, fail: 0.2 } } } }),
  ].join('\n');
}

export function modelSection(data: Surveyed): string {
  const binary = data.task === 'binary';
  const metric = binary ? 'roc_auc' : 'r2';
  const head = {
    model: { metrics: binary ? { roc_auc: { min: 0.6, decide: 'lower-bound' } } : { r2: { min: 0 } } },
  };
  const promotion = { promotion: { metric, rule: 'non-inferior', margin: 0.01 } };
  return [
    '# Floors on the holdout. decide: lower-bound asks it of the lower end of the confidence interval.',
    `${block(head)}${slices(data)}${fairness(data)}`.trimEnd(),
    '  # A release may be worse than the one that serves by this margin at most.',
    indent(block(promotion), 2).trimEnd(),
    '  # How many different models may be judged on these holdout rows before they have been looked at too often.',
    indent(block({ holdout: { budget: 100 } }), 2).trimEnd(),
    '  # A single column that predicts the label nearly alone is more likely a leak than luck.',
    `${indent(block({ sanity: { leakage: { maxAuc: 0.98 } } }), 2)}`,
  ].join('\n');
}

function slices(data: Surveyed): string {
  const bounds = data.task === 'binary' ? { roc_auc: { min: 0.5, maxDrop: 0.05 } } : { r2: { maxDrop: 0.1 } };
  const found = sliceColumns(data);
  const entries = [
    ...found.slice(0, SLICES).map(({ name }) => ({ column: name, metrics: bounds })),
    ...lowEnd(data, bounds),
  ];
  if (entries.length === 0)
    return `  # No slices: no group of a column has the ${SLICE_ROWS} holdout rows that a slice needs.\n`;
  const others = found.slice(SLICES).map(({ name }) => name);
  const also = others.length === 0 ? '' : `  # More columns of few values: ${others.join(', ')}.\n`;
  return [
    '  # Groups in which the model must not be bad, however good it is on the whole; maxDrop is against the champion.\n',
    '  slices:\n',
    ...entries.map((entry) => `    - ${flow(entry)}\n`),
    also,
  ].join('');
}

/** The quarter of the rows with the smallest amounts, as an example of a condition. */
function lowEnd(data: Surveyed, metrics: object): readonly object[] {
  const column = amountOf(data);
  if (column === undefined || data.holdoutRows / 4 < SLICE_ROWS) return [];
  const limit = quantile(column.numbers, 0.25);
  const name = `low ${column.name.replaceAll(/[^\p{L}\p{N} _-]/gu, ' ')}`.slice(0, 63).trim();
  return [{ name, where: `${identifier(column.name).text} <= ${limit}`, metrics }];
}

/** Which groups are protected is no property of the data, so this is never switched on by itself. */
function fairness({ task, features }: Surveyed): string {
  const two = features.filter((column) => isGrouping(column) && column.distinct.length === 2).map(({ name }) => name);
  const [first] = two;
  if (task !== 'binary' || first === undefined) return '';
  return [
    `  # Which groups must be treated alike is for you to say; columns of two values: ${two.join(', ')}. For example:\n`,
    '  # fairness:\n',
    `  #   - ${flow({ column: first, metric: 'equal-opportunity', difference: { max: 0.1 } })}\n`,
  ].join('');
}

export function behaviourSection(data: Surveyed, key: InferredColumn | undefined): string {
  const tests = data.holdoutRows < TEST_ROWS ? [] : [...keyTest(key), ...noiseTest(data)];
  const hint =
    '# What you know about the model belongs here too: minimum-functionality tests (rows whose answer is known) and\n' +
    '# directional ones (a change that may only raise or lower the score). docs/workload.md has examples.\n';
  if (tests.length === 0) return hint;
  const list = tests.map((test) => indent(block([test]), 4)).join('');
  return `# What the model must do when a row is changed on purpose.\n${hint}behaviour:\n  tests:\n${list}`;
}

function keyTest(key: InferredColumn | undefined): readonly object[] {
  const changes: Readonly<Record<string, object>> = {
    string: { typo: { column: key?.name } },
    integer: { add: { column: key?.name, by: 1 } },
  };
  const change = changes[key?.type ?? ''];
  if (change === undefined || key === undefined || key.stray > 0) return [];
  // Not 1e-9, which YAML 1.1 takes for a text.
  const expect = { tolerance: 0.000_001 };
  return [{ name: 'the key says nothing', type: 'invariance', perturb: [change], expect }];
}

/** Scores are probabilities (binary); values (regression) may move by a tenth of what half of the rows lie within. */
function noiseTest(data: Surveyed): readonly object[] {
  const column = amountOf(data);
  if (column === undefined) return [];
  const tolerance = data.task === 'binary' ? 0.1 : Number((spreadOf(data.label) / 10).toPrecision(2));
  if (!(tolerance > 0)) return [];
  const [least = 0] = column.numbers;
  const clip = least >= 0 ? { min: 0 } : {};
  return [
    {
      name: `one percent more or less of ${column.name} does not decide`.replaceAll(/[^\p{L}\p{N} ,.'_-]/gu, ' '),
      type: 'invariance',
      perturb: [{ noise: { column: column.name, share: 0.01, ...clip } }],
      expect: { tolerance },
      minPassRate: 0.9,
    },
  ];
}

/** Wide enough for a small endpoint or a busy laptop. */
export function servingSection(): string {
  return [
    '# What the endpoint must answer, and how fast (milliseconds): tighten these to what your users need.',
    'serving:',
    `  latency: ${flow({ percentiles: { p50: 500, p95: 1500 } })}`,
    `  throughput: ${flow({ minRequestsPerSecond: 1, concurrency: 2, seconds: 2 })}`,
    '  maxAnswerBytes: 10000',
    '',
  ].join('\n');
}
