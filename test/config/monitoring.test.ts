import { gatesSchema } from '../../lib/config/gates';

const BASE = {
  version: 1,
  dataset: {
    name: 'churn',
    version: '1',
    key: 'id',
    label: 'y',
    columns: { id: 'string', spend: 'number', y: 'integer' },
  },
  model: { metrics: { roc_auc: { min: 0.5 } } },
};
const problemsOf = (monitoring: object): readonly string[] =>
  gatesSchema
    .safeParse({ ...BASE, monitoring })
    .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

test('traffic is captured and watched where nothing is said', () => {
  const { monitoring } = gatesSchema.parse(BASE);
  expect(monitoring.capture).toEqual({ percent: 100 });
  expect(monitoring.drift).toMatchObject({
    bins: 10,
    minRows: 100,
    confidence: 0.995,
    consecutive: 2,
    thresholds: { psi: { fail: 0.2, warn: 0.1 } },
  });
});

test('columns are those of requests, or of predictions', () => {
  expect(problemsOf({ drift: { columns: ['spend', 'prediction.score'] } })).toEqual([]);
  expect(problemsOf({ drift: { columns: ['spnd'], overrides: { y: { psi: { fail: 1 } } } } })).toEqual([
    'monitoring.drift.columns.0 names nothing that is watched (did you mean "spend"?); watched are spend, prediction.score, prediction.class, prediction.confidence',
    'monitoring.drift.overrides.y names nothing that is watched; watched are spend, prediction.score, prediction.class, prediction.confidence',
  ]);
});

test('statistics that need the rows of the reference are refused: the baseline has its bins alone', () => {
  expect(problemsOf({ drift: { thresholds: { ks: { fail: 0.1 } } } })).toEqual([expect.stringContaining('ks')]);
});

test('shares are whole percents', () => {
  expect(problemsOf({ capture: { percent: 100.5 } })).not.toEqual([]);
  expect(problemsOf({ capture: { percent: 0 } })).toEqual([]);
});
