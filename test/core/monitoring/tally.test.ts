import fc from 'fast-check';
import type { Baseline } from '../../../lib/core/drift/baseline';
import { histogramOf } from '../../../lib/core/drift/column';
import { joinBaselines, predictionBaseline, predictionColumns } from '../../../lib/core/monitoring/predictions';
import { BaselineTally } from '../../../lib/core/monitoring/tally';
import { categoryOf, numberOf } from '../../../lib/core/monitoring/values';

const BASELINE: Baseline = {
  schema: 'assay.baseline/1',
  reference: 'train',
  createdAt: '2026-01-01T00:00:00Z',
  columns: [
    { kind: 'numeric', name: 'x', rows: 10, missing: 1, edges: [1, 2], counts: [3, 3, 3] },
    {
      kind: 'categorical',
      name: 'plan',
      rows: 10,
      missing: 0,
      categories: [
        { name: 'a', rows: 7 },
        { name: 'b', rows: 3 },
      ],
    },
    {
      kind: 'categorical',
      name: 'flag',
      rows: 10,
      missing: 0,
      categories: [
        { name: 'true', rows: 5 },
        { name: 'false', rows: 5 },
      ],
    },
    { kind: 'numeric', name: 'day', unit: 'days since 1970-01-01', rows: 1, missing: 0, edges: [1], counts: [1, 0] },
  ],
};
const current = (column: string, values: readonly unknown[]) => {
  const tally = new BaselineTally(BASELINE, [column]);
  for (const value of values) tally.add(column, value);
  const [found] = tally.columns();
  if (found === undefined) throw new Error(column);
  const { labels, current: counts } = histogramOf(found);
  return Object.fromEntries(labels.map((label, i) => [label, counts[i]]));
};

test('bins are (edge, next edge], the outer ones open, and missing values have their own', () => {
  const values = [Number.NEGATIVE_INFINITY, 1, 1.0000001, 2, 2.5, Number.POSITIVE_INFINITY, null, undefined, '', 'NaN'];
  expect(current('x', values)).toEqual({ '≤ 1': 2, '(1, 2]': 2, '> 2': 2, '(missing)': 4 });
});

test('numbers may come as text; what is none counts as missing and is told', () => {
  const tally = new BaselineTally(BASELINE, ['x']);
  for (const value of ['1.5', ' 7 ', true, 'seven', { x: 1 }]) tally.add('x', value);
  expect(tally.strange).toEqual({ x: 2 });
  expect(tally.columns()[0]).toMatchObject({ rows: { current: 5 }, missing: { current: 2 } });
});

test('categories that the baseline lacks have a bin of their own, however many there are', () => {
  const many = Array.from({ length: 3000 }, (_, i) => `new ${i}`);
  expect(current('plan', ['a', 'b', null, ...many])).toEqual({ a: 1, b: 1, '(unseen)': 3000, '(missing)': 1 });
  const tally = new BaselineTally(BASELINE, ['plan']);
  for (const name of many) tally.add('plan', name);
  const [column] = tally.columns();
  expect(column?.kind === 'categorical' && column.unseen.counts.length).toBeLessThanOrEqual(1001);
});

test('truth is spelled as the database spells it', () => {
  expect(current('flag', [true, 'True', 'FALSE', 1, 0, 'maybe'])).toEqual({ true: 3, false: 2, '(unseen)': 1 });
  expect(categoryOf('True', false)).toBe('True');
});

test('dates are numbers of their unit', () => {
  expect(numberOf('1970-01-03', 'days since 1970-01-01')).toBe(2);
  expect(numberOf('1970-01-01 00:01:00', 'seconds since 1970-01-01 UTC')).toBe(60);
  expect(numberOf('1970-01-01T01:01:00+01:00', 'seconds since 1970-01-01 UTC')).toBe(60);
  expect(numberOf('01:02:03.5', 'seconds of the day')).toBe(3723.5);
  expect(numberOf('yesterday', 'days since 1970-01-01')).toBeUndefined();
});

test('every value is in exactly one bin', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.double(), fc.constant(null), fc.string()), { maxLength: 50 }), (values) => {
      const bins = Object.values(current('x', values));
      expect(bins.reduce((sum: number, count) => sum + Number(count), 0)).toBe(values.length);
    }),
  );
});

describe('predictions', () => {
  test('the score, or the class and how sure it is', () => {
    expect(predictionColumns([0.3], { task: 'binary' })).toEqual({ 'prediction.score': 0.3 });
    expect(predictionColumns([0.2, 0.8], { task: 'multiclass', classes: ['x', 'y'] })).toEqual({
      'prediction.class': 'y',
      'prediction.confidence': 0.8,
    });
  });

  test('their baseline has the deciles of what was answered', () => {
    const scores = Array.from({ length: 100 }, (_, i) => [i / 100]);
    const [column] = predictionBaseline(scores, { task: 'binary' }, 10);
    expect(column).toMatchObject({ kind: 'numeric', name: 'prediction.score', rows: 100, missing: 0 });
    expect(column?.kind === 'numeric' && column.counts).toEqual(Array.from({ length: 10 }, () => 10));
    const classes = predictionBaseline(
      [
        [0.2, 0.8],
        [0.9, 0.1],
        [0.3, 0.7],
      ],
      { task: 'multiclass' },
      10,
    );
    expect(classes[0]).toMatchObject({
      kind: 'categorical',
      categories: [
        { name: '1', rows: 2 },
        { name: '0', rows: 1 },
      ],
    });
  });

  test('a column of the dataset with such a name is refused', () => {
    const column = { ...BASELINE.columns[0], name: 'prediction.score' } as (typeof BASELINE.columns)[number];
    expect(() => joinBaselines({ ...BASELINE, columns: [column] }, [column])).toThrow(/prediction.score is a column/);
  });
});
