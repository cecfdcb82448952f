import type { AnswerShape, Exchange } from '../../../lib/core/serving/answer';
import { parseAnswer } from '../../../lib/core/serving/answer';
import { type ServingBudget, type ServingFacts, servingReport } from '../../../lib/core/serving/checks';
import {
  percentile,
  requestsForBudget,
  requestsForInterval,
  requestsForPercentile,
} from '../../../lib/core/serving/latency';
import { errorCheck, sizeCheck, throughputCheck } from '../../../lib/core/serving/load';
import { batchScores, goldenSample, requestsOf } from '../../../lib/core/serving/sample';
import { createRandom } from '../../../lib/core/statistics/random';

const fields = { instances: 'instances', predictions: 'predictions', score: 'score' };
const shape: AnswerShape = { task: 'binary', fields };
const budget: ServingBudget = {
  latency: { decide: 'point', confidence: 0.95 },
  errors: { maxRate: 0, decide: 'point', confidence: 0.95 },
};
const exchange = (key: string, body: unknown, contentType = 'application/json'): Exchange => ({
  keys: [key],
  milliseconds: 10,
  outcome: { kind: 'answer', contentType, body: typeof body === 'string' ? body : JSON.stringify(body) },
});
const scored = (key: string, score: unknown) => exchange(key, { predictions: [{ score }] });

const facts = (more: Partial<ServingFacts> = {}): ServingFacts => ({
  sample: ['a', 'b'],
  exchanges: [scored('a', 0.25), scored('b', 0.75)],
  milliseconds: Array.from({ length: 20 }, (_, i) => i + 1),
  bytes: [100, 120],
  errors: { requests: 20, errors: 0 },
  warmUps: 3,
  batch: new Map([
    ['a', [0.25]],
    ['b', [0.75]],
  ]),
  shape,
  budget,
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
    'serving.errors pass',
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
    expect(parseAnswer(answer, shape)).toEqual({ problem });
    const { report } = check('contract', { exchanges: [answer], sample: ['C-42'] });
    expect(report).toMatchObject({ verdict: 'fail', reason: problem });
  });

  test('allows a charset, and renamed fields', () => {
    const renamed = { instances: 'rows', predictions: 'out', score: 'p' };
    const answer = exchange('a', { out: [{ p: 0.5 }] }, 'application/json; charset=utf-8');
    expect(parseAnswer(answer, { task: 'binary', fields: renamed })).toEqual({ rows: [{ key: 'a', scores: [0.5] }] });
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
      ['a', [1.5]],
      ['b', [0.75]],
    ]),
  };
  expect(check('range', outside).check).toMatchObject({
    verdict: 'fail',
    reason: 'row a has score 1.5; probabilities lie in [0, 1]',
  });
  expect(servingReport(facts({ ...outside, shape: { ...shape, task: 'regression' } })).verdict).toBe('pass');
});

test('skew names the worst row', () => {
  const batch = new Map([
    ['a', [0.26]],
    ['b', [0.9]],
  ]);
  expect(check('skew', { batch }).check).toMatchObject({
    verdict: 'fail',
    reason:
      'training/serving skew at row b: the endpoint says 0.75, the batch prediction 0.9; a difference of 0.000001 is allowed',
    evidence: { worst: 'b', n: 2 },
  });
});

test('a row without a batch prediction cannot be compared', () => {
  expect(check('skew', { batch: new Map([['a', [0.25]]]) }).check).toMatchObject({
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
    const slow = check('latency', {
      budget: { ...budget, latency: { ...budget.latency, percentile: 95, maxMs: 18 } },
    }).check;
    expect(slow).toMatchObject({
      verdict: 'fail',
      reason: 'p95 of latency is 19.0 ms over 20 requests, 3 warm-up requests not counted; 18 ms is allowed',
      evidence: { n: 20, estimate: 19, percentilesMs: { p50: 10, p95: 19, max: 20 } },
    });
  });
});

describe('a latency budget', () => {
  const latency = (more: Partial<ServingBudget['latency']>, milliseconds: readonly number[]) =>
    servingReport(
      facts({ milliseconds, budget: { ...budget, latency: { ...budget.latency, ...more } } }),
    ).checks.filter(({ id }) => id.startsWith('serving.latency'));
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  test('of several percentiles is a check each', () => {
    const checks = latency({ percentiles: { p50: 50, p95: 94, p99: 99 } }, upTo(100));
    expect(checks.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'serving.latency.p50 pass',
      'serving.latency.p95 fail',
      'serving.latency.p99 pass',
    ]);
    expect(checks[0]?.evidence?.percentilesMs).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
  });

  test('may be held by the upper end of the interval, which few requests do not have', () => {
    const within = { percentile: 95, maxMs: 99, decide: 'upper-bound' } as const;
    expect(
      [
        [0.95, 95],
        [0.95, 99],
        [0.95, 50],
        [0.9, 95],
      ].map(([confidence = 0, p = 0]) => requestsForInterval(p, confidence)),
    ).toEqual([72, 368, 6, 59]);
    expect(requestsForBudget({ ...budget.latency, ...within })).toBe(72);
    expect(requestsForBudget({ ...budget.latency, requests: 500 })).toBe(500);
    expect(latency(within, upTo(71))[0]).toMatchObject({ verdict: 'inconclusive', evidence: { interval: null } });
    // SciPy: binom.ppf(0.975, 100, 0.95) + 1 is the rank 100.
    expect(latency(within, upTo(100))[0]).toMatchObject({
      verdict: 'fail',
      evidence: { estimate: 95, interval: [90, 100] },
    });
    expect(latency({ ...within, maxMs: 100 }, upTo(100))[0]?.verdict).toBe('pass');
    expect(latency({ ...within, decide: 'point' }, upTo(100))[0]?.verdict).toBe('pass');
  });

  test('needs the requests that it asks for', () => {
    expect(latency({ requests: 50 }, upTo(49))[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: 'p95 of latency needs 50 requests; 49 were measured',
    });
  });
});

describe('throughput', () => {
  const limit = { minRequestsPerSecond: 90, concurrency: 4, decide: 'point', confidence: 0.95 } as const;

  test('is answers over seconds, with an interval', () => {
    const milliseconds = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 30 : 50));
    const check = throughputCheck({ seconds: 2, milliseconds }, limit);
    expect(check).toMatchObject({ verdict: 'pass', evidence: { estimate: 100, n: 200, concurrency: 4 } });
    // By hand: μ = 0.04 s, σ² = 1e-4·200/199, half = 1.96·√(4σ²/(μ³·2)).
    expect(check.evidence?.interval?.[1]).toBeCloseTo(
      100 + 1.959964 * Math.sqrt((4 * 1e-4 * (200 / 199)) / (6.4e-5 * 2)),
      4,
    );
    expect(
      throughputCheck({ seconds: 2, milliseconds }, { ...limit, decide: 'lower-bound', minRequestsPerSecond: 97 })
        .verdict,
    ).toBe('fail');
    expect(throughputCheck({ seconds: 3, milliseconds }, limit).verdict).toBe('fail');
  });

  test('with few answers is inconclusive', () => {
    expect(throughputCheck({ seconds: 0.1, milliseconds: Array(29).fill(1) }, limit).verdict).toBe('inconclusive');
    expect(throughputCheck({ seconds: 0, milliseconds: [] }, limit).verdict).toBe('inconclusive');
  });

  test('its interval covers the true rate as often as it says', () => {
    const random = createRandom(5);
    let covered = 0;
    const runs = 1000;
    for (let run = 0; run < runs; run += 1) {
      // Gamma(2) times of 20 ms on average at four places: 200 answers a second.
      const milliseconds: number[] = [];
      for (let place = 0; place < 4; place += 1) {
        for (let now = 0; ; ) {
          const time = -10 * Math.log((1 - random()) * (1 - random()));
          now += time;
          if (now > 5000) break;
          milliseconds.push(time);
        }
      }
      const [low, high] = throughputCheck({ seconds: 5, milliseconds }, limit).evidence?.interval ?? [0, 0];
      if (low <= 200 && 200 <= high) covered += 1;
    }
    // Three standard errors of a share of 0.95 over 1,000 runs.
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / runs));
  });
});

test('errors are counted over all requests, and the first is told', () => {
  const none = { maxRate: 0, decide: 'point', confidence: 0.95 } as const;
  expect(errorCheck({ requests: 100, errors: 0 }, none).verdict).toBe('pass');
  expect(errorCheck({ requests: 100, errors: 1, first: 'ModelError: x' }, none)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('1 of 100 requests ended in an error'),
  });
  expect(errorCheck({ requests: 0, errors: 0 }, none).verdict).toBe('inconclusive');
  const bound = { maxRate: 0.02, decide: 'upper-bound', confidence: 0.95 } as const;
  expect(errorCheck({ requests: 100, errors: 0 }, bound).verdict).toBe('inconclusive');
  expect(errorCheck({ requests: 200, errors: 0 }, bound).verdict).toBe('pass');
  expect(errorCheck({ requests: 200, errors: 3 }, bound).verdict).toBe('fail');
});

test('the size of answers is that of the largest', () => {
  expect(sizeCheck([10, 300, 20], 300).verdict).toBe('pass');
  expect(sizeCheck([10, 301], 300)).toMatchObject({
    verdict: 'fail',
    reason: 'the largest of 2 answers has 301 bytes; 300 are allowed',
  });
  expect(sizeCheck([], 300).verdict).toBe('inconclusive');
});

describe('several classes', () => {
  const classes = ['a', 'b', 'c'];
  const several: AnswerShape = { task: 'multiclass', fields, classes };
  const answer = (probabilities: unknown) => exchange('r', { predictions: [{ probabilities }] });

  test('are read as a list or by name', () => {
    const rows = [{ key: 'r', scores: [0.2, 0.3, 0.5] }];
    expect(parseAnswer(answer([0.2, 0.3, 0.5]), several)).toEqual({ rows });
    expect(parseAnswer(answer({ c: 0.5, a: 0.2, b: 0.3 }), several)).toEqual({ rows });
    expect(parseAnswer(answer({ c: 0.5, a: 0.5 }), several)).toEqual({
      problem:
        'answer to row r has {"c":0.5,"a":0.5} as "predictions[0].probabilities"; a finite number for each class is required',
    });
    expect(parseAnswer(answer('a'), several)).toHaveProperty('problem');
  });

  test('are probabilities that sum to 1, the same in batch', () => {
    const of = (probabilities: number[], batch: number[]) =>
      servingReport(
        facts({ sample: ['r'], shape: several, exchanges: [answer(probabilities)], batch: new Map([['r', batch]]) }),
      );
    expect(of([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]).verdict).toBe('pass');
    expect(of([0.2, 0.3, 0.6], [0.2, 0.3, 0.6]).reason).toContain('do not sum to 1');
    expect(of([0.2, 0.3, 0.5], [0.2, 0.5, 0.3]).reason).toContain('training/serving skew at row r');
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
    expect(batchScores(lines, 'id', shape).get('a')).toEqual([0.5]);
    expect(() => batchScores([{ id: 'a' }], 'id', shape)).toThrow('batch prediction 1 has no "SageMakerOutput.score"');
  });
});
