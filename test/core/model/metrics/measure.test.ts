import fc from 'fast-check';
import {
  isUndefined,
  METRICS,
  type MetricInput,
  type MetricName,
  measure,
  metricNamed,
  metricsFor,
  type Task,
} from '../../../../lib/core/model/metrics';

const input = (labels: readonly number[], ...columns: readonly (readonly number[])[]): MetricInput => ({
  labels: Float64Array.from(labels),
  predictions: { columns: columns.map((values) => Float64Array.from(values)) },
});

const measuredValue = (name: MetricName, of: MetricInput): number => {
  const measured = measure(name, of);
  return isUndefined(measured) ? Number.NaN : measured.value;
};

test('the catalogue tells everything about each metric, once', () => {
  for (const [name, definition] of METRICS) {
    expect(definition.name).toBe(name);
    for (const text of ['title', 'summary', 'formula', 'source', 'undefinedWhen'] as const) {
      expect(definition[text].length).toBeGreaterThan(1);
    }
    expect(definition.range[0]).toBeLessThan(definition.range[1]);
  }
  expect(metricsFor('binary')).toEqual(expect.arrayContaining(['roc_auc', 'pr_auc', 'ks', 'lift', 'ece']));
  expect(metricsFor('multiclass')).not.toContain('lift');
  expect(metricsFor('regression')).toEqual(['mae', 'rmse', 'r2', 'mape', 'pinball']);
  expect(() => metricNamed('roc_acu')).toThrow('there is no metric "roc_acu" (did you mean "roc_auc"?)');
});

test.each<[MetricName, MetricInput, string]>([
  ['roc_auc', input([1, 1], [0.2, 0.4]), 'every row is positive'],
  ['pr_auc', input([0, 0], [0.2, 0.4]), 'every row is negative'],
  ['ks', input([1, 1], [0.2, 0.4]), 'every row is positive'],
  ['lift', input([0, 0], [0.2, 0.4]), 'every row is negative'],
  ['log_loss', input([0, 0], [0.2, 0.4]), 'every row is negative'],
  ['precision', input([0, 1], [0.2, 0.4]), 'no row is predicted to be positive'],
  ['recall', input([0, 0], [0.2, 0.7]), 'every row is negative'],
  ['f1', input([0, 0], [0.2, 0.7]), 'every row is negative'],
  ['balanced_accuracy', input([1, 1], [0.2, 0.7]), 'every row is positive'],
  ['mcc', input([1, 0], [0.6, 0.7]), 'every row is predicted to be positive'],
  ['cohen_kappa', input([1, 1], [0.6, 0.7]), 'every row is positive and predicted to be so'],
  ['ece', input([1, 0], [1.5, 0.2]), '1.5 is no probability'],
  ['r2', input([7, 7], [6, 7]), 'every row has the label 7'],
  ['rmse', input([], []), 'there are no rows'],
  ['accuracy', input([], []), 'there are no rows'],
  ['mae', { ...input([1, 2], [1, 3]), weights: Float64Array.of(0, 0) }, 'the weights of the rows sum to 0'],
  ['accuracy', { ...input([1, 0], [1, 0]), weights: Float64Array.of(0, 0) }, 'the weights of the rows sum to 0'],
  ['mae', input([1, 2], [1, Number.NaN]), 'a label or prediction is not a finite number'],
  [
    'roc_auc_ovr',
    { ...input([0, 1, 1], [1, 0, 0], [0, 1, 1], [0, 0, 0]), classes: ['a', 'b', 'c'] },
    'no row is of class "c"',
  ],
  ['precision_macro', input([0, 1, 2], [1, 1, 0], [0, 0, 0], [0, 0, 1]), 'no row is predicted to be of class 1'],
  ['recall_macro', input([0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]), 'no row is of class 2'],
  ['balanced_accuracy', input([2, 2], [1, 0], [0, 1], [0, 0]), 'every row is of class 2'],
])('%s says why it is undefined', (name, rows, why) => {
  expect(measure(name, rows)).toEqual({ undefined: why });
});

test('what cannot be meant is refused in one line', () => {
  const rows = input([0, 1], [0.2, 0.4]);
  expect(() => measure('lift', { ...rows, share: 0 })).toThrow('share is 0; above 0 up to 1 is allowed');
  expect(() => measure('ece', { ...rows, bins: 2.5 })).toThrow(
    'bins is 2.5; a whole number from 1 to 10000 is allowed',
  );
  expect(() => measure('pinball', { ...rows, quantile: 1 })).toThrow('quantile is 1; between 0 and 1 is allowed');
  expect(() => measure('f1_macro', rows)).toThrow('f1_macro is for multiclass tasks, not for binary ones');
  expect(() => measure('mae', input([0, 1], [1, 0], [0, 1]))).toThrow(
    'mae is for regression tasks, not for multiclass',
  );
  expect(() => measure('brier', input([0, 1], [1]))).toThrow('2 labels stand beside a column of 1 values');
  expect(() => measure('brier', { ...rows, rows: Uint32Array.of(2) })).toThrow('row 2 is asked for; there are 2 rows');
  expect(() => measure('roc_auc', { ...input([0, 1, 2], [1, 0, 0], [0, 1, 0], [0, 0, 1]), average: 'micro' })).toThrow(
    'roc_auc has no micro average',
  );
});

const cell = fc.record({
  label: fc.nat({ max: 2 }),
  score: fc.constantFrom(0, 0.1, 0.25, 0.4, 0.5, 0.65, 0.9, 1),
  other: fc.constantFrom(0, 0.3, 0.7),
  weight: fc.integer({ min: 1, max: 3 }),
});
const tables = fc.array(cell, { minLength: 3, maxLength: 24 });
type Cells = readonly { label: number; score: number; other: number; weight: number }[];

const TASKS: readonly Task[] = ['binary', 'multiclass', 'regression'];

function tableOf(task: Task, cells: Cells): MetricInput {
  const scores = cells.map(({ score }) => score);
  if (task !== 'multiclass') {
    const labels = cells.map(({ label }) => (task === 'binary' ? label % 2 : label));
    return input(labels, scores);
  }
  const others = cells.map(({ score, other }) => (1 - score) * other);
  return input(
    cells.map(({ label }) => label),
    scores,
    others,
    cells.map(({ score }, row) => 1 - score - (others[row] ?? 0)),
  );
}

/** For each metric of each task. */
function everywhere(check: (name: MetricName, task: Task, cells: Cells) => void): void {
  for (const task of TASKS) {
    fc.assert(
      fc.property(tables, (cells) => {
        for (const name of metricsFor(task)) check(name, task, cells);
      }),
      { numRuns: 40 },
    );
  }
}

/** Equal up to rounding, and undefined together. */
function expectSame(a: number, b: number, what: string): void {
  if (Number.isNaN(a) && Number.isNaN(b)) return;
  if (!(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)))) throw new Error(`${what}: ${a} is not ${b}`);
}

test('a row of weight k is k rows, for every metric', () => {
  everywhere((name, task, cells) => {
    const weighted = { ...tableOf(task, cells), weights: Float64Array.from(cells, ({ weight }) => weight) };
    const repeated = cells.flatMap((row) => Array<Cells[number]>(row.weight).fill(row));
    expectSame(measuredValue(name, weighted), measuredValue(name, tableOf(task, repeated)), name);
  });
});

test('the order of the rows does not matter, and doubling all weights neither', () => {
  everywhere((name, task, cells) => {
    const value = measuredValue(name, tableOf(task, cells));
    expectSame(measuredValue(name, tableOf(task, cells.toReversed())), value, name);
    const weights = new Float64Array(cells.length).fill(2);
    expectSame(measuredValue(name, { ...tableOf(task, cells), weights }), value, `${name}, weights of 2`);
  });
});

test('chosen rows are measured as if they were all, by number or by mask', () => {
  everywhere((name, task, cells) => {
    const even = cells.filter((_, row) => row % 2 === 0);
    const all = tableOf(task, cells);
    const expected = measuredValue(name, tableOf(task, even));
    const rows = Uint32Array.from(cells.keys()).filter((row) => row % 2 === 0);
    expectSame(measuredValue(name, { ...all, rows }), expected, name);
    expectSame(
      measuredValue(name, { ...all, rows: Uint8Array.from(cells.keys(), (row) => 1 - (row % 2)) }),
      expected,
      name,
    );
  });
});

test('a value lies in the range of its metric', () => {
  everywhere((name, task, cells) => {
    const [low, high] = metricNamed(name).range;
    const value = measuredValue(name, tableOf(task, cells));
    if (Number.isNaN(value)) return;
    expect(value).toBeGreaterThanOrEqual(low - 1e-12);
    expect(value).toBeLessThanOrEqual(high + 1e-12);
  });
});

test('metrics of ranks do not change under a monotone transform; swapped classes turn them over', () => {
  fc.assert(
    fc.property(tables, (cells) => {
      const rows = tableOf('binary', cells);
      const curved = rows.predictions.columns.map((scores) => scores.map((score) => Math.exp(3 * score) - 7));
      for (const name of ['roc_auc', 'pr_auc', 'ks', 'lift'] as const) {
        expectSame(measuredValue(name, { ...rows, predictions: { columns: curved } }), measuredValue(name, rows), name);
      }
      const swapped = { ...rows, labels: rows.labels.map((label) => 1 - label) };
      expectSame(measuredValue('roc_auc', swapped), 1 - measuredValue('roc_auc', rows), 'roc_auc');
    }),
  );
});

test('the share of lift reaches from the best rows to all of them, where it is 1', () => {
  const rows = input([1, 1, 0, 0, 1, 0, 0, 0, 0, 0], [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1]);
  expect(measuredValue('lift', { ...rows, share: 0.2 })).toBeCloseTo(10 / 3, 12);
  // Of the two rows that tie at 0.5 one half is looked at.
  expect(measuredValue('lift', { ...rows, share: 0.5 })).toBeCloseTo((2 + 0.5) / 5 / 0.3, 12);
  expect(measuredValue('lift', { ...rows, share: 1 })).toBeCloseTo(1, 12);
});
