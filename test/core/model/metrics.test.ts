import fc from 'fast-check';
import type { MetricName } from '../../../lib/core/model';
import { estimateMetric } from '../../../lib/core/model/estimate';
import { allRows, type Scored } from '../../../lib/core/model/input';
import { metricNamed, whyUndefined } from '../../../lib/core/model/row-metrics';
import { rocPoints } from '../../../lib/core/model/roc-curve';
import { wilsonInterval } from '../../../lib/core/statistics';
import reference from './reference.json';

const scored = (targets: readonly number[], scores: readonly number[]): Scored => ({
  targets: Float64Array.from(targets),
  scores: Float64Array.from(scores),
});

const cases = [...reference.binary, ...reference.regression].flatMap((example) =>
  Object.entries(example.metrics).map(([metric, expected]) => ({ ...example, metric: metric as MetricName, expected })),
);

test.each(cases)('$metric as scikit-learn has it: $name', ({ targets, scores, threshold, metric, expected }) => {
  const rows = scored(targets, scores);
  const value = metricNamed(metric).of(rows, threshold)(allRows(rows));
  expect(Math.abs(value - expected)).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected)));
});

test('the ROC curve has the points of scikit-learn, ties as one step', () => {
  const { targets, scores, points } = reference.roc;
  expect(rocPoints(scored(targets, scores))).toEqual(points);
});

test('a long ROC curve is thinned to 200 points between (0, 0) and (1, 1)', () => {
  const n = 5000;
  const points = rocPoints(
    scored(
      Array.from({ length: n }, (_, i) => i % 2),
      Array.from({ length: n }, (_, i) => i / n),
    ),
  );
  expect(points).toHaveLength(200);
  expect([points[0], points.at(-1)]).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test.each<[MetricName, number[], string]>([
  ['roc_auc', [1, 1], 'every row is positive'],
  ['log_loss', [0, 0], 'every row is negative'],
  ['recall', [0, 0], 'every row is negative'],
  ['f1', [0, 0], 'every row is negative'],
  ['precision', [0, 0], 'every row is negative'],
  ['r2', [7, 7], 'every row has the label 7'],
  ['accuracy', [], 'there are no rows'],
  ['rmse', [], 'there are no rows'],
])('%s is undefined for labels %j: %s', (name, targets, why) => {
  const rows = scored(
    targets,
    targets.map(() => 0.5),
  );
  const metric = metricNamed(name);
  expect(metric.of(rows, 0.5)(allRows(rows))).toBeNaN();
  expect(estimateMetric(metric, rows, allRows(rows), { threshold: 0.5, confidence: 0.95 }).interval).toBeNull();
  expect(whyUndefined(metric, rows, allRows(rows))).toBe(why);
});

test('an interval lies around the estimate, for every metric', () => {
  for (const { name, targets, scores, threshold, metrics } of [
    ...reference.binary.slice(0, 2),
    ...reference.regression.slice(0, 1),
  ]) {
    const rows = scored(targets, scores);
    for (const metric of Object.keys(metrics) as MetricName[]) {
      const { value, interval } = estimateMetric(metricNamed(metric), rows, allRows(rows), {
        threshold,
        confidence: 0.95,
      });
      const [low, high] = interval ?? [Number.NaN, Number.NaN];
      if (!(low < value && value < high))
        throw new Error(`${metric}, ${name}: ${value} is not inside ${low} to ${high}`);
    }
  }
});

test('precision has the interval of its own denominator', () => {
  const rows = scored([1, 1, 0, 0, 1, 0], [0.9, 0.8, 0.7, 0.1, 0.2, 0.3]);
  const { interval } = estimateMetric(metricNamed('precision'), rows, allRows(rows), {
    threshold: 0.5,
    confidence: 0.9,
  });
  expect(interval).toEqual(wilsonInterval(2, 3, 0.9));
});

test('metrics of a selection are those of the selected rows', () => {
  const row = fc.tuple(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 4, maxLength: 40 }), (rows) => {
      const all = scored(
        rows.map(([t]) => t),
        rows.map(([, s]) => s),
      );
      const selection = Uint32Array.from(rows.keys()).filter((index) => index % 2 === 0);
      const even = rows.filter((_, index) => index % 2 === 0);
      const own = scored(
        even.map(([t]) => t),
        even.map(([, s]) => s),
      );
      for (const name of ['roc_auc', 'accuracy', 'log_loss', 'brier', 'f1'] as const) {
        const metric = metricNamed(name);
        expect(metric.of(all, 0.5)(selection)).toEqual(metric.of(own, 0.5)(allRows(own)));
      }
    }),
  );
});
