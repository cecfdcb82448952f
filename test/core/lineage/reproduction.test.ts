import { type CheckoutFacts, checkCheckout, checkData, checkSettings } from '../../../lib/core/lineage/inputs';
import { judgeReproduction, type ReproductionFacts } from '../../../lib/core/lineage/reproduction';

const member = (path: string, sha256: string) => ({ path, bytes: 10, sha256 });
const MODEL = [member('environment.json', 'e'), member('model.joblib', 'm')];
const ENVIRONMENT = { python: '3.11', packages: { numpy: '2.0.0' }, sha256: 'e' };
const predictions = (...scores: number[]) => ({ columns: [Float64Array.from(scores)] });

const SAME: ReproductionFacts = {
  tolerance: 1e-9,
  models: { original: MODEL, again: MODEL },
  environments: { original: ENVIRONMENT, again: ENVIRONMENT },
  predictions: { original: predictions(0.1, 0.9), again: predictions(0.1, 0.9) },
  metrics: [{ name: 'roc_auc', recorded: 0.8, original: { value: 0.8 }, again: { value: 0.8 } }],
};

function judged(changes: Partial<ReproductionFacts>) {
  const { outcome, checks } = judgeReproduction({ ...SAME, ...changes });
  const told = checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ id, verdict, reason }) => `${id} ${verdict}: ${reason}`);
  return { outcome, told, reasons: checks.map(({ reason }) => reason) };
}

const again = (...members: ReturnType<typeof member>[]) => ({ original: MODEL, again: members });

test('the same bytes, predictions and metrics are identical', () => {
  expect(judged({})).toEqual({
    outcome: 'identical',
    told: [],
    reasons: [
      'the same environment: 1 package on Python 3.11',
      '2 files of model.tar.gz, each with the same sha256',
      '2 rows, each with the same prediction',
      "roc_auc is 0.8, the release's 0.8",
    ],
  });
});

test('a model stored in other bytes is judged by its predictions', () => {
  const models = again(MODEL[0] as never, member('model.joblib', 'other'));
  expect(judged({ models })).toMatchObject({ outcome: 'equal within tolerance', told: [] });
  const apart = { original: predictions(0.1, 0.9), again: predictions(0.1, 0.8) };
  expect(judged({ models, predictions: apart })).toMatchObject({
    outcome: 'different',
    told: [
      'reproduce.model fail: model.tar.gz: model.joblib is different',
      'reproduce.predictions fail: 1 row of 2 differs, by 1.00e-1 at most; 1e-9 is allowed',
    ],
  });
});

test.each([
  [[MODEL[0]], 'model.tar.gz: model.joblib is missing'],
  [[...MODEL, member('notes.txt', 'n')], 'model.tar.gz: notes.txt is added'],
])('a file more or less is a difference', (members, reason) => {
  const models = { original: MODEL, again: members as typeof MODEL };
  expect(judged({ models })).toMatchObject({ outcome: 'different', told: [`reproduce.model fail: ${reason}`] });
});

test.each([
  [1e-9, 'equal within tolerance'],
  [1.1e-9, 'different'],
])('predictions may be %d apart: %s', (apart, outcome) => {
  const pair = { original: predictions(0, 0.9), again: predictions(apart, 0.9) };
  expect(judged({ predictions: pair }).outcome).toBe(outcome);
});

test('with no tolerance the last bit counts', () => {
  const pair = { original: predictions(0.1), again: predictions(0.1 + 2 ** -56) };
  expect(judged({ tolerance: 0, predictions: pair }).outcome).toBe('different');
});

test('every class is compared, and one that only one model knows is a difference', () => {
  const [a, b] = [Float64Array.of(0.5), Float64Array.of(0.4)];
  const pair = (first: Float64Array[], second: Float64Array[]) => ({
    original: { columns: first },
    again: { columns: second },
  });
  expect(judged({ predictions: pair([a, a], [a, b]) }).outcome).toBe('different');
  expect(judged({ predictions: pair([a], [a, a]) }).outcome).toBe('different');
  expect(judged({ predictions: pair([a, a], [a]) }).outcome).toBe('different');
  expect(judged({ predictions: pair([Float64Array.of(0.5, 1)], [a]) }).outcome).toBe('different');
  expect(judged({ predictions: pair([Float64Array.of(Number.NaN)], [Float64Array.of(Number.NaN)]) }).outcome).toBe(
    'different',
  );
});

test('no predictions, or none that fit, prove nothing', () => {
  expect(judged({ predictions: { original: predictions(), again: predictions() } })).toMatchObject({
    outcome: 'not comparable',
    told: ['reproduce.predictions inconclusive: there are no predictions to compare'],
  });
  const lost = { problem: 's3://x is gone', verdict: 'inconclusive' } as const;
  const models = again(MODEL[0] as never, member('model.joblib', 'other'));
  expect(judged({ models, predictions: lost, metrics: [] })).toMatchObject({
    outcome: 'not comparable',
    told: [
      'reproduce.model inconclusive: model.tar.gz: model.joblib is different',
      'reproduce.predictions inconclusive: s3://x is gone',
    ],
  });
});

test('another environment is named package by package', () => {
  const other = { python: '3.12', packages: { numpy: '2.1.0', scipy: '1' }, sha256: 'f' };
  expect(judged({ environments: { original: ENVIRONMENT, again: other } }).told).toEqual([
    'reproduce.environment fail: another environment: numpy 2.0.0 → 2.1.0, python 3.11 → 3.12, scipy (none) → 1',
  ]);
  expect(judged({ environments: { original: ENVIRONMENT } }).told).toEqual([
    'reproduce.environment fail: the new model has no environment.json, the other one has',
  ]);
  expect(judged({ environments: {} })).toMatchObject({ outcome: 'identical', told: [] });
});

test.each([
  ['another value', { again: { value: 0.81 } }, "fail: roc_auc is 0.81, the release's 0.8: 1e-9 is allowed"],
  [
    'no value',
    { again: { undefined: 'every row is positive' } },
    'inconclusive: roc_auc is not defined: every row is positive',
  ],
  [
    'a report that says otherwise',
    { recorded: 0.9 },
    "fail: roc_auc: the release's report says 0.9, its stored predictions give 0.8",
  ],
])('a metric with %s is told', (_, change, told) => {
  const [metric] = SAME.metrics;
  const metrics = [{ ...metric, ...change }] as ReproductionFacts['metrics'];
  expect(judged({ metrics }).told).toEqual([`reproduce.metrics.roc_auc ${told}`]);
});

test('pinned data is compared by the bytes of its version', () => {
  const file = { role: 'train', path: 'train.csv', versionId: 'v1', expected: 'a' };
  expect(checkData({ ...file, found: { sha256: 'a' } }).verdict).toBe('pass');
  expect(checkData({ ...file, found: { sha256: 'b' } })).toMatchObject({
    id: 'reproduce.data.train',
    verdict: 'fail',
    reason: 'train.csv: version v1 has sha256 b; the release pinned a',
  });
  expect(checkData({ ...file, found: { problem: 'gone' } })).toMatchObject({
    verdict: 'fail',
    reason: 'train.csv: gone',
  });
});

describe('the archive of a clone', () => {
  const FACTS: CheckoutFacts = {
    commit: 'c0ffee00c0ffee00',
    folder: 'models/churn',
    sha256: 'other',
    members: [member('assay.py', 'new'), member('train.py', 't')],
    original: [member('assay.py', 'old'), member('train.py', 't')],
    added: 'assay.py',
  };
  test.each([
    [
      FACTS,
      'pass',
      'the 1 file of commit c0ffee00c0ff, models/churn are those of the release; the archives are packed differently',
    ],
    [{ ...FACTS, sha256: 'same' }, 'pass', "the archive of commit c0ffee00c0ff, models/churn has the release's sha256"],
    [
      { ...FACTS, folder: '', members: [member('train.py', 'edited')] },
      'fail',
      "the release's source is not that of commit c0ffee00c0ff: train.py is different",
    ],
  ])('case %#', (facts, verdict, reason) => {
    expect(checkCheckout('same', facts)).toMatchObject({ id: 'reproduce.checkout', verdict, reason });
  });
});

describe('what the jobs were told', () => {
  const job = { image: 'image@sha256:1', instanceType: 'ml.m5.large', hyperparameters: { seed: '7' } };
  test.each([
    [job, 'pass', 'same image and 1 hyperparameter, on ml.m5.large'],
    [
      { ...job, instanceType: 'ml.c5.large' },
      'pass',
      'same image and 1 hyperparameter, on ml.m5.large, the release on ml.c5.large',
    ],
    [{ ...job, hyperparameters: {} }, 'fail', 'the training job was told otherwise: seed (none) → 7'],
    [{ ...job, image: 'old' }, 'fail', 'the training job was told otherwise: image old → image@sha256:1'],
    [
      { problem: 'there is no training job x' },
      'inconclusive',
      "what the release's training job was told cannot be compared: there is no training job x",
    ],
  ])('case %#', (original, verdict, reason) => {
    expect(checkSettings(original, job)).toMatchObject({ id: 'reproduce.settings', verdict, reason });
  });
});
