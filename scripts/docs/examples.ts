import { DRIFT_STATISTICS } from '../../lib/core/drift';
import type { MetricName, Task } from '../../lib/core/model/metrics';
import { METRICS } from '../../lib/core/model/metrics';
import { EXPECTATION_FAMILIES } from './expectation-words';

/** The dataset that every example of the page is about. */
const COLUMNS = `{ id: string, tenure: integer, spend: number, plan: string, email: string, signed_up: date, is_active: boolean, payload: string, churned: integer, monthly_spend: number }`;
const TASKS: Readonly<Record<Task, string>> = {
  binary: 'label: churned',
  multiclass: 'label: plan\n  task: multiclass',
  regression: 'label: spend\n  task: regression',
};

/** Metrics that a gate of each task must have, where the example is about something else. */
const FIRST_METRIC: Readonly<Record<Task, string>> = {
  binary: 'roc_auc: { min: 0.7 }',
  multiclass: 'accuracy: { min: 0.7 }',
  regression: 'r2: { min: 0.5 }',
};

/** A whole gates.yaml around a part of one. */
export function around(part: string, task: Task = 'binary'): string {
  const model = /^model:/m.test(part) ? '' : `model:\n  metrics: { ${FIRST_METRIC[task]} }\n`;
  return `version: 1\ndataset:\n  name: churn-golden\n  version: "1"\n  key: id\n  ${TASKS[task]}\n  columns: ${COLUMNS}\n${model}${part}\n`;
}

/** A part of gates.yaml as the page shows it, and the task that it is for. */
export interface Example {
  readonly yaml: string;
  readonly task: Task;
}

const example = (yaml: string, task: Task = 'binary'): Example => ({ yaml: yaml.trim(), task });

export const expectationExample = (type: string, kwargs: string): Example =>
  example(`data:\n  expectations:\n    - ${type}: ${kwargs}`);

/** A floor or ceiling with an interval, of a size that the metric can have. */
export function metricExample(name: MetricName): Example {
  const definition = METRICS.get(name);
  if (definition === undefined) throw new RangeError(`${name} is no metric`);
  const { better, range, interval, tasks } = definition;
  const [low, high] = range;
  const middle = Number.isFinite(high) ? low + (high - low) * (better === 'higher' ? 0.75 : 0.15) : 10;
  const bound = `${better === 'higher' ? 'min' : 'max'}: ${Number.isFinite(middle) ? Number(middle.toFixed(2)) : 0.5}`;
  const decide = interval === 'bootstrap' ? '' : ', decide: lower-bound';
  return example(`model:\n  metrics:\n    ${name}: { ${bound}${decide} }`, tasks[0] ?? 'binary');
}

export const EXAMPLES = {
  slices: example(`
model:
  metrics:
    roc_auc: { min: 0.75, decide: lower-bound }
  slices:
    - column: plan
      minRows: 150
      metrics:
        roc_auc: { min: 0.6, maxDrop: 0.02 }
    - where: tenure < 6
      name: new customers
      metrics:
        accuracy: { min: 0.7, decide: lower-bound }`),
  fairness: example(`
model:
  metrics:
    roc_auc: { min: 0.75 }
  fairness:
    - column: plan
      metric: equal-opportunity
      difference: { max: 0.1, decide: lower-bound }
      ratio: { min: 0.8 }`),
  promotion: example(`
model:
  metrics:
    roc_auc: { min: 0.75 }
  promotion:
    rule: superior
    margin: 0
    minDelta: 0.002
  holdout: { budget: 20 }`),
  relative: example(
    `
model:
  metrics:
    rmse: { max: 12 }
  promotion: { metric: rmse, rule: non-inferior, margin: 0.02, scale: relative, test: bca }`,
    'regression',
  ),
  sanity: example(`
model:
  metrics:
    roc_auc: { min: 0.75 }
  weights: monthly_spend
  clusters: plan
  sanity:
    repeated: required
    leakage: { maxAuc: 0.95, verdict: fail, ignore: [tenure] }`),
  drift: example(`
drift:
  reference: train
  current: holdout
  bins: 20
  thresholds:
    psi: { warn: 0.1, fail: 0.25 }
    ks: { fail: 0.1 }
  overrides:
    plan: { l_infinity: { fail: 0.05 } }`),
  minimumFunctionality: example(`
behaviour:
  tests:
    - name: loyal customers stay
      type: minimum-functionality
      where: tenure > 60
      expect: { max: 0.5 }
      minPassRate: 0.9
      decide: lower-bound`),
  invariance: example(`
behaviour:
  tests:
    - name: a typo in the address changes nothing
      type: invariance
      perturb:
        - typo: { column: email, edits: 2 }
        - noise: { column: spend, share: 0.001, min: 0 }
      draws: 3
      expect: { tolerance: 0.01, decision: same }`),
  directional: example(`
behaviour:
  tests:
    - name: a dearer plan is left sooner
      type: directional
      perturb:
        - scale: { column: spend, by: 1.5, max: 500 }
      expect: { direction: up, atLeast: -0.02 }
      minPassRate: 0.95`),
  perturbations: example(`
behaviour:
  tests:
    - name: every kind of change once
      type: invariance
      perturb:
        - set: { column: plan, value: basic }
        - add: { column: tenure, by: 1, max: 120 }
        - swap: { column: is_active, values: [true, false] }
        - missing: { column: payload }
      expect: { decision: same }
      minPassRate: 0.5`),
  serving: example(`
serving:
  latency:
    percentiles: { p50: 100, p95: 300 }
    decide: upper-bound
    requests: 400
  throughput: { minRequestsPerSecond: 20, concurrency: 4, decide: lower-bound }
  maxAnswerBytes: 10000
  errors: { maxRate: 0.01 }`),
  canary: example(`
canary:
  steps: [5, 25, 100]
  bakeSeconds: 900
  minRequests: 200
  maxErrorRate: 0.005
  maxExcess: 0.0005
  maxLatencyMs: 300
  maxSlowRate: 0.05
  probes: { pairs: 200 }
  onInconclusive: rollback`),
} as const;

/** Every example of the page by a name for messages, each a whole gates.yaml. */
export function allExamples(): readonly (readonly [name: string, yaml: string])[] {
  const named: (readonly [string, Example])[] = [
    ...Object.values(EXPECTATION_FAMILIES).flatMap((family) =>
      Object.entries(family).map(([type, words]) => [type, expectationExample(type, words.example)] as const),
    ),
    ...[...METRICS.keys()].map((name) => [name, metricExample(name)] as const),
    ...DRIFT_STATISTICS.map(({ name, example: yaml }) => [name, example(yaml)] as const),
    ...Object.entries(EXAMPLES),
  ];
  return named.map(([name, { yaml, task }]) => [name, around(yaml, task)] as const);
}
