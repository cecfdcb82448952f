import {
  estimate,
  type IntervalChoice,
  isUndefined,
  METRICS,
  type MetricInput,
  type MetricName,
  measure,
  metricsFor,
} from '../../../../lib/core/model/metrics';
import { influencesOf } from '../../../../lib/core/model/metrics/delta';
import { rowsOf } from '../../../../lib/core/model/metrics/input';
import { prepare } from '../../../../lib/core/model/metrics/prepare';
import { evaluate } from '../../../../lib/core/model/metrics/prepared';
import { replicatesOf } from '../../../../lib/core/model/metrics/replicates';
import { createRandom, drawNormal, wilsonInterval } from '../../../../lib/core/statistics';

const OPTIONS = { confidence: 0.95, replicates: 400, seed: 5 };

function binary(n: number, seed = 3): MetricInput {
  const random = createRandom(seed);
  const labels = Float64Array.from({ length: n }, (_, row) => (row % 3 === 0 ? 1 : 0));
  const scores = labels.map((label) => 1 / (1 + Math.exp(-(1.5 * label - 0.7 + drawNormal(random)))));
  return { labels, predictions: { columns: [scores] } };
}

function multiclass(n: number): MetricInput {
  const random = createRandom(4);
  const labels = Float64Array.from({ length: n }, (_, row) => row % 3);
  const raw = [0, 1, 2].map((index) => labels.map((label) => Math.exp((label === index ? 1 : 0) + drawNormal(random))));
  const sums = labels.map((_, row) => raw.reduce((sum, column) => sum + (column[row] ?? 0), 0));
  return {
    labels,
    predictions: { columns: raw.map((column) => column.map((value, row) => value / (sums[row] ?? 1))) },
  };
}

function regression(n: number): MetricInput {
  const random = createRandom(6);
  const labels = Float64Array.from({ length: n }, () => 20 + 5 * drawNormal(random));
  return { labels, predictions: { columns: [labels.map((label) => label + 2 * drawNormal(random))] } };
}

const EXAMPLES = { binary: binary(90), multiclass: multiclass(90), regression: regression(90) } as const;

function estimated(name: MetricName, input: MetricInput, method: IntervalChoice = 'auto') {
  const found = estimate(name, input, { ...OPTIONS, method });
  if (isUndefined(found)) throw new Error(`${name}: ${found.undefined}`);
  const [low, high] = found.interval ?? [Number.NaN, Number.NaN];
  return { ...found, low, high };
}

test.each(['binary', 'multiclass', 'regression'] as const)(
  '%s: each estimate is the measure, inside its interval',
  (task) => {
    for (const name of metricsFor(task)) {
      const { value, low, high, n } = estimated(name, EXAMPLES[task]);
      expect(measure(name, EXAMPLES[task])).toEqual({ value: expect.closeTo(value, 12) });
      expect([low <= value, value <= high, low < high, n]).toEqual([true, true, true, 90]);
      expect(estimated(name, EXAMPLES[task])).toEqual(estimated(name, EXAMPLES[task]));
    }
  },
);

test('each metric takes its own interval, and what rows ask for instead', () => {
  const methods = (input: MetricInput) =>
    Object.fromEntries(
      (['roc_auc', 'recall', 'f1', 'ece', 'ks'] as const).map((name) => [name, estimated(name, input).method]),
    );
  expect(methods(EXAMPLES.binary)).toEqual({
    roc_auc: 'delong_logit',
    recall: 'wilson',
    f1: 'bootstrap_percentile',
    ece: 'bootstrap_bca',
    ks: 'delta',
  });
  const weights = new Float64Array(90).fill(0.5);
  expect(methods({ ...EXAMPLES.binary, weights })).toMatchObject({ roc_auc: 'bootstrap_percentile', recall: 'wilson' });
  const clusters = Int32Array.from({ length: 90 }, (_, row) => Math.floor(row / 3));
  expect(methods({ ...EXAMPLES.binary, clusters })).toMatchObject({
    roc_auc: 'bootstrap_percentile',
    recall: 'bootstrap_percentile',
  });
  expect(() => estimated('f1', EXAMPLES.binary, 'wilson')).toThrow(
    'f1 of a binary task: there is no wilson interval; percentile, bca can be had',
  );
  expect(() => estimated('roc_auc', { ...EXAMPLES.binary, clusters }, 'delong')).toThrow(
    'rows have clusters: there is no',
  );
});

test('Wilson counts its own denominator, and weights as their effective number', () => {
  const rows: MetricInput = {
    labels: Float64Array.of(1, 1, 0, 0, 1, 0),
    predictions: { columns: [Float64Array.of(0.9, 0.8, 0.7, 0.1, 0.2, 0.3)] },
  };
  expect(estimated('precision', rows).interval).toEqual(wilsonInterval(2, 3, 0.95));
  const doubled = estimated('precision', { ...rows, weights: new Float64Array(6).fill(2) });
  expect(doubled.interval).toEqual(estimated('precision', rows).interval);
  const uneven = estimated('accuracy', { ...rows, weights: Float64Array.of(9, 1, 1, 1, 1, 1) });
  expect(uneven.high - uneven.low).toBeGreaterThan(estimated('accuracy', rows).high - estimated('accuracy', rows).low);
});

test.each(['delta', 'percentile'] as const)('%s: every row four times halves the interval', (method) => {
  const names: readonly MetricName[] =
    method === 'delta' ? ['brier', 'log_loss', 'pr_auc', 'roc_auc', 'ks'] : ['f1', 'mcc', 'brier'];
  const once = binary(300);
  const four = Uint32Array.from({ length: 1200 }, (_, index) => index % 300);
  for (const name of names) {
    const [narrow, wide] = [estimated(name, { ...once, rows: four }, method), estimated(name, once, method)];
    const ratio = (wide.high - wide.low) / (narrow.high - narrow.low);
    // Replicates leave an error of some percent.
    expect(Math.abs(ratio - 2)).toBeLessThan(method === 'delta' ? 0.02 : 0.3);
  }
});

test('clusters of equal rows are as wide as the rows they repeat', () => {
  const once = binary(150);
  const rows = Uint32Array.from({ length: 450 }, (_, index) => index % 150);
  const clusters = Int32Array.from({ length: 150 }, (_, row) => row);
  const alone = estimated('brier', { ...once, clusters }, 'delta');
  const repeated = estimated('brier', { ...once, clusters, rows }, 'delta');
  expect(repeated.high - repeated.low).toBeCloseTo(alone.high - alone.low, 9);
});

const DIFFERENTIABLE = [
  'roc_auc',
  'pr_auc',
  'log_loss',
  'brier',
  'ece',
  'ks',
  'roc_auc_ovr',
  'roc_auc_ovr_weighted',
] as const;

test.each([...DIFFERENTIABLE, 'mae', 'rmse', 'r2', 'mape', 'pinball'] as const)(
  '%s: an influence is a derivative',
  (name) => {
    const { tasks } = METRICS.get(name) ?? { tasks: [] };
    for (const task of tasks) {
      const random = createRandom(8);
      const rows = rowsOf(name, {
        ...EXAMPLES[task],
        weights: Float64Array.from({ length: 90 }, () => 0.5 + random()),
      });
      const prepared = prepare(name, rows);
      const influence = influencesOf(prepared, rows) ?? new Float64Array(0);
      const valueWith = (weights: Float64Array): number => {
        const measured = evaluate(prepared, weights);
        return isUndefined(measured) ? Number.NaN : measured.value;
      };
      for (const row of [0, 1, 2, 44, 89]) {
        const [up, down] = [1e-5, -1e-5].map((step) =>
          valueWith((rows.weights ?? new Float64Array(90)).map((w, i) => (i === row ? w + step : w))),
        );
        const slope = (((up ?? Number.NaN) - (down ?? Number.NaN)) / 2e-5) * (rows.weights?.[row] ?? Number.NaN);
        expect(influence[row]).toBeCloseTo(slope, 7);
      }
      expect(influence.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
    }
  },
);

test('drawing counts is drawing rows: the same distribution as resampling the rows themselves', () => {
  const rows = rowsOf('mcc', binary(240));
  const counted = prepare('mcc', rows);
  const byRows = {
    kind: 'weighed' as const,
    of: (w: Float64Array | undefined) => evaluate(counted, w),
    influence: () => new Float64Array(240),
  };
  const draw = (prepared: typeof counted) =>
    replicatesOf(rows, [prepared], (values) => values, { replicates: 4000, seed: 1 }).replicates[0] ??
    new Float64Array(0);
  const [quick, slow] = [draw(counted), draw(byRows)];
  for (const share of [0.025, 0.25, 0.5, 0.75, 0.975]) {
    const at = Math.floor(share * 4000);
    // Standard deviation 0.06; a quantile of 4,000 replicates strays by some hundredths of it.
    expect(Math.abs((quick[at] ?? Number.NaN) - (slow[at] ?? Number.NaN))).toBeLessThan(0.012);
  }
});

test('rows that allow no interval say so', () => {
  const few = { labels: Float64Array.of(1, 0), predictions: { columns: [Float64Array.of(0.9, 0.2)] } };
  expect(estimate('roc_auc', few, OPTIONS)).toMatchObject({
    value: 1,
    interval: null,
    note: 'a class has one row only',
  });
  const one = { labels: Float64Array.of(3), predictions: { columns: [Float64Array.of(5)] } };
  expect(estimate('mae', one, OPTIONS)).toMatchObject({ value: 2, interval: null, note: 'there is one row only' });
  const scarce = {
    labels: Float64Array.of(1, 1, 1, 0, 0, 0),
    predictions: { columns: [Float64Array.of(0.9, 0.1, 0.2, 0.1, 0.2, 0.3)] },
  };
  expect(estimate('mcc', scarce, OPTIONS)).toMatchObject({
    interval: null,
    note: 'the metric is undefined in some resamples of so few rows',
  });
  expect(estimate('f1', { ...few, labels: Float64Array.of(0, 0) }, OPTIONS)).toEqual({
    undefined: 'every row is negative',
  });
});
