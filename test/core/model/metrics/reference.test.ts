import {
  isUndefined,
  METRICS,
  type MetricName,
  type MetricParameters,
  measure,
} from '../../../../lib/core/model/metrics';
import reference from './reference.json';

/** Values of scripts/reference/model-metrics.py: scikit-learn. */

const SPECIAL: Readonly<Record<string, readonly [MetricName, MetricParameters]>> = {
  ece_15: ['ece', { bins: 15 }],
  ece_equal_mass_4: ['ece', { bins: 4, binning: 'equal-mass' }],
  'pinball_0.9': ['pinball', { quantile: 0.9 }],
};

const column = (values: readonly number[]): Float64Array => Float64Array.from(values);

interface Case {
  readonly labels: readonly number[];
  readonly columns: readonly (readonly number[])[];
  readonly weights: readonly number[] | null;
  readonly parameters: MetricParameters;
  readonly values: Readonly<Record<string, number | null>>;
}

const CASES: Readonly<Record<string, readonly Case[]>> = {
  binary: reference.binary.map(({ scores, threshold, share, ...rest }) => ({
    ...rest,
    columns: [scores],
    parameters: { threshold, share },
  })),
  multiclass: reference.multiclass.map((example) => ({ ...example, parameters: {} })),
  regression: reference.regression.map(({ predictions, ...rest }) => ({
    ...rest,
    columns: [predictions],
    parameters: {},
  })),
};

/** Every disagreement of a case, in words. */
function disagreements({ labels, columns, weights, parameters, values }: Case): readonly string[] {
  return Object.entries(values).flatMap(([key, expected]) => {
    const [name, extra] = SPECIAL[key] ?? [key as MetricName, {}];
    const measured = measure(name, {
      labels: column(labels),
      predictions: { columns: columns.map(column) },
      weights: weights === null ? undefined : column(weights),
      ...parameters,
      ...extra,
    });
    if (isUndefined(measured)) return expected === null ? [] : [`${key}: ${measured.undefined}, not ${expected}`];
    if (expected === null) return [`${key}: ${measured.value} where scikit-learn has no value`];
    const apart = Math.abs(measured.value - expected) / Math.max(1, Math.abs(expected));
    return apart < 1e-12 ? [] : [`${key}: ${measured.value}, not ${expected}`];
  });
}

test.each(Object.keys(CASES))('every metric of %s rows is as scikit-learn has it', (task) => {
  const found = (CASES[task] ?? []).flatMap((example, index) =>
    disagreements(example).map((sentence) => `case ${index}: ${sentence}`),
  );
  expect(found).toEqual([]);
});

test('every metric of the catalogue is compared, and each with a value somewhere', () => {
  const known = new Set(
    Object.values(CASES)
      .flat()
      .flatMap(({ values }) => Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [key]))),
  );
  // `roc_auc` is compared as the binary one; these are averages that the names with a suffix stand for.
  expect([...METRICS.keys()].filter((name) => !known.has(name))).toEqual([]);
});

test('average as a parameter is the metric with the average in its name', () => {
  const [example] = CASES.multiclass ?? [];
  if (example === undefined) throw new Error('there are multiclass cases');
  const input = { labels: column(example.labels), predictions: { columns: example.columns.map(column) } };
  for (const average of ['macro', 'weighted', 'micro'] as const) {
    for (const name of ['precision', 'recall', 'f1'] as const) {
      expect(measure(name, { ...input, average })).toEqual(measure(`${name}_${average}`, input));
    }
  }
  expect(measure('roc_auc', input)).toEqual(measure('roc_auc_ovr', input));
  expect(measure('roc_auc', { ...input, average: 'weighted' })).toEqual(measure('roc_auc_ovr_weighted', input));
});
