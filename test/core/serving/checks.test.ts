import type { Exchange } from '../../../lib/core/serving/answer';
import { parseAnswer } from '../../../lib/core/serving/answer';
import { type ServingFacts, servingReport } from '../../../lib/core/serving/checks';
import { percentile, requestsForPercentile } from '../../../lib/core/serving/latency';
import { batchScores, goldenSample, requestsOf } from '../../../lib/core/serving/sample';

const fields = { instances: 'instances', predictions: 'predictions', score: 'score' };
const exchange = (key: string, body: unknown, contentType = 'application/json'): Exchange => ({
  keys: [key],
  milliseconds: 10,
  outcome: { kind: 'answer', contentType, body: typeof body === 'string' ? body : JSON.stringify(body) },
});
const scored = (key: string, score: unknown) => exchange(key, { predictions: [{ score }] });

const facts = (more: Partial<ServingFacts> = {}): ServingFacts => ({
  task: 'binary',
  sample: ['a', 'b'],
  exchanges: [scored('a', 0.25), scored('b', 0.75)],
  milliseconds: Array.from({ length: 20 }, (_, i) => i + 1),
  warmUps: 3,
  batch: new Map([
    ['a', 0.25],
    ['b', 0.75],
  ]),
  fields,
  latency: { percentile: 95, maxMs: 500 },
  skewTolerance: 1e-6,
  release: {},
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
});
const check = (id: string, more: Partial<ServingFacts>) => {
  const report = servingReport(facts(more));
  return { report, check: report.checks.find((entry) => entry.id === `serving.${id}`) };
};

test('a good endpoint passes every check', () => {
  const report = servingReport(facts());
  expect(report.checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
    'serving.contract pass',
    'serving.answered pass',
    'serving.range pass',
    'serving.latency pass',
    'serving.skew pass',
  ]);
  expect(report).toMatchObject({ schema: 'assay.report/1', gate: 'serving', verdict: 'pass' });
});

describe('the contract of an answer', () => {
  test.each([
    [
      exchange('C-42', '<html>', 'text/html'),
      'answer to row C-42 has content type "text/html"; application/json is required',
    ],
    [exchange('C-42', 'NaN,'), 'answer to row C-42 is not JSON: NaN,'],
    [exchange('C-42', { result: [1] }), 'answer to row C-42 has no list "predictions": found {"result":[1]}'],
    [exchange('C-42', { predictions: [] }), 'answer to row C-42 has 0 predictions; 1 is required'],
    [
      exchange('C-42', { predictions: [{ scores: 0.2 }] }),
      'answer to row C-42 has no "predictions[0].score": found {"scores":0.2}',
    ],
    [scored('C-42', '0.2'), 'answer to row C-42 has "0.2" as "predictions[0].score"; a finite number is required'],
    [scored('C-42', null), 'answer to row C-42 has null as "predictions[0].score"; a finite number is required'],
  ])('is read strictly: %#', (answer, problem) => {
    expect(parseAnswer(answer, fields)).toEqual({ problem });
    const { report } = check('contract', { exchanges: [answer], sample: ['C-42'] });
    expect(report).toMatchObject({ verdict: 'fail', reason: problem });
  });

  test('allows a charset, and renamed fields', () => {
    const renamed = { instances: 'rows', predictions: 'out', score: 'p' };
    const answer = exchange('a', { out: [{ p: 0.5 }] }, 'application/json; charset=utf-8');
    expect(parseAnswer(answer, renamed)).toEqual({ scores: [{ key: 'a', score: 0.5 }] });
  });

  test('an error of the endpoint is a failed check with its message', () => {
    const error: Exchange = {
      keys: ['a'],
      milliseconds: 5,
      outcome: { kind: 'error', message: 'the model answered 500: KeyError' },
    };
    const { report } = check('contract', { exchanges: [error, scored('b', 0.75)] });
    expect(report).toMatchObject({ verdict: 'fail', reason: 'row a got an error: the model answered 500: KeyError' });
  });

  test('no request at all is not a pass', () => {
    expect(servingReport(facts({ exchanges: [], milliseconds: [] })).verdict).toBe('inconclusive');
    expect(servingReport(facts({ sample: [], exchanges: [], milliseconds: [] })).verdict).toBe('inconclusive');
  });
});

test('a row that was not sent in time is inconclusive', () => {
  const { report, check: answered } = check('answered', { exchanges: [scored('a', 0.25)] });
  expect(answered?.reason).toBe(
    '1 of 2 golden rows were answered; the first without a score is b, which was not sent in time',
  );
  expect(report.verdict).toBe('inconclusive');
});

test('probabilities outside [0, 1] fail; regression values may be anything finite', () => {
  const outside = {
    exchanges: [scored('a', 1.5), scored('b', 0.75)],
    batch: new Map([
      ['a', 1.5],
      ['b', 0.75],
    ]),
  };
  expect(check('range', outside).check).toMatchObject({
    verdict: 'fail',
    reason: 'row a has score 1.5; probabilities lie in [0, 1]',
  });
  expect(servingReport(facts({ ...outside, task: 'regression' })).verdict).toBe('pass');
});

test('skew names the worst row', () => {
  const batch = new Map([
    ['a', 0.26],
    ['b', 0.9],
  ]);
  expect(check('skew', { batch }).check).toMatchObject({
    verdict: 'fail',
    reason:
      'training/serving skew at row b: the endpoint says 0.75, the batch prediction 0.9; a difference of 0.000001 is allowed',
    evidence: { worst: 'b', n: 2 },
  });
});

test('a row without a batch prediction cannot be compared', () => {
  expect(check('skew', { batch: new Map([['a', 0.25]]) }).check).toMatchObject({
    verdict: 'inconclusive',
    reason: 'row b has no batch prediction to compare with',
  });
});

describe('latency', () => {
  test('is the nearest rank: 95 % of 1…20 is 19', () => {
    const values = Array.from({ length: 20 }, (_, i) => 20 - i);
    expect([percentile(values, 95), percentile(values, 50), percentile(values, 99)]).toEqual([19, 10, 20]);
    expect(percentile([], 95)).toBeNaN();
  });

  test('needs enough requests for the percentile', () => {
    expect([90, 95, 99, 99.9].map(requestsForPercentile)).toEqual([10, 20, 100, 1000]);
    expect(check('latency', { milliseconds: [1, 2] }).check).toMatchObject({
      verdict: 'inconclusive',
      reason: 'p95 of latency needs 20 requests; 2 were measured',
    });
  });

  test('fails above the budget, and says what was not counted', () => {
    const slow = check('latency', { latency: { percentile: 95, maxMs: 18 } }).check;
    expect(slow).toMatchObject({
      verdict: 'fail',
      reason: 'p95 of latency is 19.0 ms over 20 requests, 3 warm-up requests not counted; 18 ms is allowed',
      evidence: { n: 20, estimate: 19, percentilesMs: { p50: 10, p95: 19, max: 20 } },
    });
  });
});

describe('the golden sample', () => {
  test('is in key order, by number or by text', () => {
    const numbers = goldenSample([{ id: 10 }, { id: 9 }, { id: 100 }], 'id', 2);
    expect(numbers.map((row) => row.key)).toEqual(['9', '10']);
    const texts = goldenSample([{ id: 'b' }, { id: 'a' }, { id: 'B' }], 'id', 3);
    expect(texts.map((row) => row.key)).toEqual(['B', 'a', 'b']);
  });

  test('refuses rows without a key and keys that are not unique', () => {
    expect(() => goldenSample([{ x: 1 }], 'id', 1)).toThrow('row 1 of the holdout has no key "id"');
    expect(() => goldenSample([{ id: 1 }, { id: '1' }], 'id', 1)).toThrow('two rows with id 1');
  });

  test('is cut into requests, the last one shorter', () => {
    const sample = goldenSample([{ id: 1 }, { id: 2 }, { id: 3 }], 'id', 3);
    expect(requestsOf(sample, 2).map((part) => part.length)).toEqual([2, 1]);
  });

  test('batch predictions are found by key', () => {
    const lines = [{ id: 'a', SageMakerOutput: { score: 0.5 } }];
    expect(batchScores(lines, 'id', 'score').get('a')).toBe(0.5);
    expect(() => batchScores([{ id: 'a' }], 'id', 'score')).toThrow('batch prediction 1 has no number');
  });
});
