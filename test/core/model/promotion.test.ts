import { judgeModel } from '../../../lib/core/model';
import { createRandom, drawNormal } from '../../../lib/core/statistics';
import { answered, configOf, found, good, inputOf, model, poor, ROWS, type Sample } from './samples';

const promote = (scores: Float64Array, championScores: Float64Array, promotion: object = {}, more: Sample = {}) => {
  const checks = judgeModel(inputOf({ scores, championScores, ...more }), configOf({ promotion }));
  return checks.at(-1) ?? found(checks, 'promotion');
};

test('a model is not inferior to itself, and not superior either', () => {
  expect(promote(good, good)).toMatchObject({
    verdict: 'pass',
    evidence: { estimate: 0, interval: [0, 0], pValue: 1 },
  });
  expect(promote(good, good, { margin: 0 }).verdict).toBe('pass');
  expect(promote(good, good, { rule: 'superior', margin: 0 })).toMatchObject({
    verdict: 'fail',
    reason: 'challenger is equal to champion in ROC AUC (95\u202F% interval 0 to 0); better by more than 0 is required',
  });
});

test('a clearly worse model fails, with the numbers in the reason', () => {
  const check = promote(poor, good);
  expect(check.verdict).toBe('fail');
  expect(check.reason).toMatch(
    /^challenger is 0\.\d+ below champion in ROC AUC \(95\u202F% interval −0\.\d+ to −0\.\d+\); not worse by more than 0.01 is required/,
  );
  expect(check.evidence).toMatchObject({
    statistic: 'roc_auc_difference',
    method: 'delong_paired',
    min: -0.01,
    championModel: 'churn/3',
  });
  expect(check.evidence?.roc).toMatchObject([{ name: 'challenger' }, { name: 'champion' }]);
});

test('a clearly better model is superior', () => {
  expect(promote(good, poor, { rule: 'superior', margin: 0.02 }).verdict).toBe('pass');
});

describe('minDelta', () => {
  test('asks for an improvement of the estimate beside the rule', () => {
    const gain = promote(good, poor).evidence?.estimate ?? 0;
    expect(promote(good, poor, { minDelta: gain - 0.001 }).verdict).toBe('pass');
    const short = promote(good, poor, { minDelta: 0.9 });
    expect(short.verdict).toBe('fail');
    expect(short.reason).toMatch(/^challenger is 0\.\d+ above champion in ROC AUC .*; 0\.9 is required$/);
    expect(short.evidence).toMatchObject({ threshold: 0.9, minDelta: 0.9, margin: 0.01 });
  });

  test('does not replace the rule', () => {
    const noisy = model(0.12);
    const gain = promote(good, noisy).evidence?.estimate ?? 0;
    const config = { rule: 'superior', margin: 0.05, minDelta: Math.min(0, gain) };
    expect(promote(good, noisy, config)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('better by more than 0.05'),
    });
  });
});

describe('a power note', () => {
  const slightly = good.map((score, row) => (row % 10 === 0 ? 0.5 : 1) * score);

  test('says that the margin cannot be told apart, and by how many rows it could', () => {
    const check = promote(slightly, good, { margin: 0.0005 });
    expect(check.verdict).toBe('fail');
    expect(check.reason).toMatch(/; this holdout of 600 rows cannot detect 0\.0005: [\d,]+ would$/);
    const rowsNeeded = Number(check.evidence?.rowsNeeded);
    expect(rowsNeeded).toBeGreaterThan(ROWS);
    expect(Number(check.evidence?.detectable)).toBeGreaterThan(0.0005);
    // Halving what has to be seen takes four times the rows.
    const half = Number(promote(slightly, good, { margin: 0.00025 }).evidence?.rowsNeeded);
    expect(half / rowsNeeded).toBeCloseTo(4, 2);
  });

  test('is silent where the holdout suffices', () => {
    const check = promote(slightly, good, { margin: 0.3, rule: 'superior' });
    expect(check.reason).not.toContain('cannot detect');
    expect(check.evidence?.detectable).toBeLessThan(0.3);
  });
});

describe('tests', () => {
  test.each(['log_loss', 'brier', 'f1', 'ks', 'ece'] as const)('%s is resampled in pairs, better is up', (metric) => {
    const [better, worse] = [
      promote(good, poor, { metric, margin: 0, rule: 'superior' }),
      promote(poor, good, { metric }),
    ];
    expect([better.verdict, worse.verdict]).toEqual(['pass', 'fail']);
    expect(better.evidence).toMatchObject({ method: 'bootstrap_paired' });
    expect(better.evidence?.estimate).toBeCloseTo(-(worse.evidence?.estimate ?? 0), 12);
  });

  test('accuracy by Tango, and superiority by McNemar', () => {
    const tango = promote(good, poor, { metric: 'accuracy', rule: 'superior', margin: 0 });
    expect(tango).toMatchObject({ verdict: 'pass', evidence: { method: 'tango' } });
    const mcnemar = { metric: 'accuracy', rule: 'superior', margin: 0, test: 'mcnemar' };
    expect(promote(good, poor, mcnemar)).toMatchObject({ verdict: 'pass', evidence: { method: 'mcnemar_mid_p' } });
    expect(promote(good, good, mcnemar)).toMatchObject({ verdict: 'fail', evidence: { pValue: 1 } });
    expect(promote(poor, good, mcnemar).verdict).toBe('fail');
  });

  test('the bootstrap of the area agrees with DeLong', () => {
    const interval = (test?: string) =>
      promote(good, poor, test === undefined ? {} : { test }).evidence?.interval ?? [0, 0];
    const exact = interval();
    for (const test of ['bootstrap', 'bca']) {
      const [low, high] = interval(test);
      expect(Math.abs(low - exact[0])).toBeLessThan(0.02);
      expect(Math.abs(high - exact[1])).toBeLessThan(0.02);
    }
  });

  test('weighted or clustered rows are resampled', () => {
    const clusters = Int32Array.from({ length: ROWS }, (_, row) => row >> 2);
    expect(promote(good, poor, {}, { columns: { clusters } }).evidence?.method).toBe('bootstrap_paired');
    const weights = new Float64Array(ROWS).fill(2);
    expect(promote(good, poor, { metric: 'accuracy' }, { columns: { weights } }).evidence?.method).toBe(
      'bootstrap_paired',
    );
  });
});

describe('relative changes', () => {
  const random = createRandom(9);
  const truth = Float64Array.from({ length: ROWS }, () => drawNormal(random));
  /** R² is about 1 − noise². */
  const near = (noise: number) => truth.map((value) => value + noise * drawNormal(random));
  const regress = (own: number, other: number, promotion: object) =>
    promote(
      near(own),
      near(other),
      { metric: 'r2', scale: 'relative', ...promotion },
      { task: 'regression', columns: { labels: truth } },
    );

  test('of a positive value', () => {
    const check = regress(0.3, 0.6, { rule: 'superior', margin: 0.1 });
    expect(check).toMatchObject({
      verdict: 'pass',
      evidence: { statistic: 'r2_relative_difference', scale: 'relative' },
    });
    expect(check.reason).toMatch(
      /^challenger is \d+(\.\d+)?\u202F% above champion in R² \(95\u202F% interval .*\u202F% to .*\u202F%\)/,
    );
  });

  test('of a negative value: less negative is better', () => {
    const better = regress(1.1, 1.5, { rule: 'superior', margin: 0.1 });
    const { champion, challenger, estimate } = better.evidence ?? {};
    expect(Number(champion)).toBeLessThan(-0.5);
    expect(Number(challenger)).toBeGreaterThan(Number(champion));
    expect(estimate).toBeCloseTo((Number(challenger) - Number(champion)) / -Number(champion), 12);
    expect(better.verdict).toBe('pass');
    expect(regress(1.5, 1.1, { minDelta: 0 }).verdict).toBe('fail');
  });

  test('of 0 there is none', () => {
    const check = promote(
      near(0.3),
      new Float64Array(ROWS),
      { metric: 'mae', scale: 'relative' },
      { task: 'regression', columns: { labels: new Float64Array(ROWS) } },
    );
    expect(check).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining("the champion's value is 0"),
    });
  });
});

test('pairing matters: a small true gain is seen on the same rows', () => {
  const slightlyWorse = good.map((score, i) => (i % 10 === 0 ? 0.5 : 1) * score);
  const check = promote(good, slightlyWorse);
  const [low, high] = check.evidence?.interval ?? [0, 1];
  const own = found(judgeModel(inputOf(), configOf({})), 'metrics.roc_auc').evidence?.interval ?? [0, 0];
  expect(high - low).toBeLessThan(own[1] - own[0]);
});

test('a champion that cannot be compared is never a pass', () => {
  const tally = answered(599, { missing: { count: 1, examples: ['C-0'] } });
  const partial = judgeModel(inputOf({ champion: { name: 'churn/3', tally } }), configOf({})).at(-1);
  expect(partial).toMatchObject({
    verdict: 'inconclusive',
    reason:
      'the champion churn/3 cannot be compared: of 600 golden rows and 599 answers: 1 row without an answer (C-0)',
  });
  const champion = { name: 'churn/3', unreadable: 's3://b/k: there is no such object' };
  expect(judgeModel(inputOf({ champion }), configOf({})).at(-1)).toMatchObject({
    verdict: 'inconclusive',
    reason: 'the champion churn/3 cannot be compared: s3://b/k: there is no such object',
  });
});
