import {
  type HoldoutRow,
  judgeModel,
  type ModelGateConfig,
  type ModelGateInput,
  type Prediction,
} from '../../../lib/core/model';
import type { Check } from '../../../lib/core/report';
import { createRandom, drawNormal } from '../../../lib/core/statistics';

const random = createRandom(3);
const CONTRACTS = ['annual', 'monthly', 'multi-year'];

/** 600 rows, a quarter positive; multi-year has ten rows. */
const rows: readonly HoldoutRow[] = Array.from({ length: 600 }, (_, index) => ({
  key: `C-${index}`,
  target: index % 4 === 0 ? 1 : 0,
  slices: { contract: CONTRACTS[index < 10 ? 2 : index % 3 === 0 ? 0 : 1] ?? '' },
}));

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The signal is shared, so that models of different noise are correlated as real ones are. */
const signal = rows.map((row) => (row.target ?? 0) * 1.8 - 0.9 + drawNormal(random));
const model = (noise: number): readonly Prediction[] =>
  rows.map(({ key }, index) => ({ key, score: logistic((signal[index] ?? 0) + noise * drawNormal(random)) }));

const good = model(0.1);
const poor = model(2.5);

const config: ModelGateConfig = {
  threshold: 0.5,
  metrics: {
    roc_auc: { min: 0.8, decide: 'interval', confidence: 0.95 },
    log_loss: { max: 0.7, decide: 'point', confidence: 0.95 },
  },
  slices: [{ column: 'contract', minRows: 50, metrics: { roc_auc: { min: 0.7, decide: 'point', confidence: 0.95 } } }],
  promotion: { metric: 'roc_auc', rule: 'non-inferior', margin: 0.01, confidence: 0.95 },
};

const judge = (input: Partial<ModelGateInput> = {}, changes: Partial<ModelGateConfig> = {}): readonly Check[] =>
  judgeModel({ task: 'binary', rows, challenger: good, ...input }, { ...config, ...changes });

function found(checks: readonly Check[], id: string): Check {
  const check = checks.find((candidate) => candidate.id === id);
  if (check === undefined) throw new Error(`no check ${id} among ${checks.map((c) => c.id).join(', ')}`);
  return check;
}

const verdicts = (checks: readonly Check[]) => Object.fromEntries(checks.map((check) => [check.id, check.verdict]));

test('a good first release passes every check', () => {
  const checks = judge();
  expect(verdicts(checks)).toEqual({
    'sanity.holdout': 'pass',
    'sanity.complete': 'pass',
    'sanity.finite': 'pass',
    'sanity.probability': 'pass',
    'sanity.varies': 'pass',
    'metrics.roc_auc': 'pass',
    'metrics.log_loss': 'pass',
    'slices.contract.roc_auc': 'pass',
    'promotion.roc_auc': 'pass',
  });
  expect(found(checks, 'promotion.roc_auc').reason).toBe('first release: no champion to compare with');
  const { evidence } = found(checks, 'metrics.roc_auc');
  expect(evidence).toMatchObject({
    statistic: 'roc_auc',
    method: 'delong_logit',
    n: 600,
    threshold: 0.8,
    min: 0.8,
    decide: 'interval',
  });
  expect(found(checks, 'metrics.log_loss').evidence).toMatchObject({ method: 'bootstrap_percentile', max: 0.7 });
});

describe('sanity', () => {
  const failing = (challenger: readonly Prediction[], id: string): string => {
    const checks = judge({ challenger });
    const check = found(checks, id);
    expect(check.verdict).toBe('fail');
    return check.reason;
  };
  const changed = (index: number, score: unknown) => good.with(index, { key: `C-${index}`, score });

  test('a row without an answer, one answered twice and one that nobody asked for', () => {
    const challenger = [...good.slice(1), { key: 'C-5', score: 0.5 }, { key: 'X', score: 0.5 }];
    expect(failing(challenger, 'sanity.complete')).toBe(
      'of 600 golden rows and 601 answers: 1 row without an answer (C-0), 1 row answered more than once (C-5), 1 answer for no row of the holdout (X)',
    );
  });

  test.each([[Number.NaN], [undefined], [null], ['0.5'], [[0.5]], [Number.POSITIVE_INFINITY]])(
    'the score %p',
    (score) => {
      expect(failing(changed(3, score), 'sanity.finite')).toMatch(/^1 score of 600 is no finite number \(C-3: /);
    },
  );

  test('nothing is computed from answers that cannot be matched', () => {
    expect(judge({ challenger: [] }).map((check) => check.id)).toEqual(['sanity.holdout', 'sanity.complete']);
  });

  test('a probability outside 0 to 1, and a constant answer', () => {
    expect(failing(changed(3, 1.2), 'sanity.probability')).toContain(
      '1 score lies outside 0 to 1 (C-3: 1.2)'.replace('score', 'score of 600'),
    );
    const constant = rows.map(({ key }) => ({ key, score: 0.25 }));
    expect(failing(constant, 'sanity.varies')).toContain('the model answers 0.25 for every row');
  });

  test('a holdout with repeated keys or without labels', () => {
    const [first, second] = rows;
    if (first === undefined || second === undefined) throw new Error('the holdout has rows');
    const damaged = [...rows, first, { ...second, key: 'new', target: null }, { ...second, key: null }];
    expect(judge({ rows: damaged })).toMatchObject([
      {
        id: 'sanity.holdout',
        verdict: 'fail',
        reason: expect.stringContaining(
          '1 row without a key, 1 key on several rows (C-0), 1 row without a usable label (new)',
        ),
      },
    ]);
    expect(judge({ rows: [] })).toMatchObject([{ verdict: 'inconclusive', reason: 'the golden holdout has no rows' }]);
  });
});

describe('bounds', () => {
  const reason = (metrics: ModelGateConfig['metrics'], id: string): string => {
    const check = found(judge({}, { metrics }), id);
    return `${check.verdict}: ${check.reason}`;
  };

  test('the estimate may pass where its interval does not', () => {
    const { evidence } = found(judge(), 'metrics.roc_auc');
    const min = Math.round(((evidence?.estimate ?? 0) - 0.002) * 1e4) / 1e4;
    expect(reason({ roc_auc: { min, decide: 'point', confidence: 0.95 } }, 'metrics.roc_auc')).toMatch(
      /^pass: ROC AUC is 0\.\d+ \(95\u202F% interval 0\.\d+ to 0\.\d+\); at least 0\.\d+ is required$/,
    );
    expect(reason({ roc_auc: { min, decide: 'interval', confidence: 0.95 } }, 'metrics.roc_auc')).toMatch(
      /^fail: .* is required of the whole interval$/,
    );
  });

  test('an upper bound', () => {
    expect(reason({ log_loss: { max: 0.1, decide: 'point', confidence: 0.95 } }, 'metrics.log_loss')).toMatch(
      /^fail: log loss is 0\.\d+ .*; at most 0\.1 is required$/,
    );
  });

  test('a value just below its bound does not read like the bound', () => {
    const exact = found(judge(), 'metrics.roc_auc').evidence?.estimate ?? 0;
    const text = reason({ roc_auc: { min: exact + 1e-9, decide: 'point', confidence: 0.95 } }, 'metrics.roc_auc');
    expect(text).toContain(`fail: ROC AUC is ${exact}`);
  });

  test('one class only is inconclusive', () => {
    const negative = rows.map((row) => ({ ...row, target: 0 }));
    const checks = judge({ rows: negative }, { slices: [] });
    expect(found(checks, 'metrics.roc_auc')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'ROC AUC cannot be computed: every row is negative',
    });
  });

  test('a metric of another task is named and not judged', () => {
    const check = found(
      judge({}, { metrics: { rmse: { max: 1, decide: 'point', confidence: 0.95 } } }),
      'metrics.rmse',
    );
    expect(check).toMatchObject({
      verdict: 'inconclusive',
      reason: 'rmse belongs to regression models; dataset.task is binary',
    });
  });
});

describe('slices', () => {
  test('thin ones are listed and decide nothing', () => {
    const check = found(judge(), 'slices.contract.roc_auc');
    expect(check.evidence?.thin).toEqual([{ value: 'multi-year', rows: 10 }]);
    expect(check.evidence?.slices).toMatchObject([
      { value: 'annual', verdict: 'pass' },
      { value: 'monthly', verdict: 'pass' },
    ]);
    expect(check.reason).toMatch(
      /^2 slices judged, the worst: ROC AUC of contract = \w+ is .*; not judged for fewer than 50 rows: multi-year$/,
    );
  });

  test('one bad slice fails although the whole holds', () => {
    const challenger = good.map(({ key, score }, index) => ({
      key,
      score: rows[index]?.slices.contract === 'annual' ? 1 - Number(score) : score,
    }));
    const loose = { metrics: { roc_auc: { min: 0.4, decide: 'point', confidence: 0.95 } } } as const;
    const checks = judge({ challenger }, loose);
    expect(found(checks, 'metrics.roc_auc').verdict).toBe('pass');
    const check = found(checks, 'slices.contract.roc_auc');
    expect(check.verdict).toBe('fail');
    expect(check.reason).toMatch(/^ROC AUC of contract = annual is 0\.\d+ .*; at least 0.7 is required; not judged/);
    expect(check.evidence).toMatchObject({ slice: 'annual' });
  });

  test('only thin slices are no evidence', () => {
    const slices = config.slices.map((slice) => ({ ...slice, minRows: 5000 }));
    expect(found(judge({}, { slices }), 'slices.contract.roc_auc')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'no value of contract has 5,000 rows in the holdout, so ROC AUC was judged for none of 3 slices',
    });
  });
});

describe('promotion', () => {
  const promote = (
    challenger: readonly Prediction[],
    champion: readonly Prediction[],
    promotion: Partial<ModelGateConfig['promotion']> = {},
  ) => {
    const changes = { promotion: { ...config.promotion, ...promotion } };
    const checks = judge({ challenger, champion: { name: 'churn/3', predictions: champion } }, changes);
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
      reason:
        'challenger is equal to champion in ROC AUC (95\u202F% interval 0 to 0); better by more than 0 is required',
    });
  });

  test('a clearly worse model fails, with the numbers in the reason', () => {
    const check = promote(poor, good);
    expect(check.verdict).toBe('fail');
    expect(check.reason).toMatch(
      /^challenger is 0\.\d+ below champion in ROC AUC \(95\u202F% interval −0\.\d+ to −0\.\d+\); not worse by more than 0.01 is required$/,
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

  test.each(['log_loss', 'brier', 'accuracy', 'f1'] as const)(
    '%s is compared by a paired bootstrap, better is up',
    (metric) => {
      const [better, worse] = [promote(good, poor, { metric, rule: 'superior' }), promote(poor, good, { metric })];
      expect([better.verdict, worse.verdict]).toEqual(['pass', 'fail']);
      expect(better.evidence).toMatchObject({ method: 'bootstrap_paired' });
      expect(better.evidence?.estimate).toBeGreaterThan(0);
      expect(worse.evidence?.estimate).toBeLessThan(0);
    },
  );

  test('pairing matters: a small true gain is seen on the same rows', () => {
    const slightlyWorse = good.map(({ key, score }, i) => ({ key, score: (i % 10 === 0 ? 0.5 : 1) * Number(score) }));
    const [low, high] = promote(good, slightlyWorse).evidence?.interval ?? [0, 1];
    const own = found(judge(), 'metrics.roc_auc').evidence?.interval ?? [0, 0];
    expect(high - low).toBeLessThan(own[1] - own[0]);
  });

  test('a champion that cannot be compared is never a pass', () => {
    const partial = promote(good, good.slice(1));
    expect(partial.verdict).toBe('inconclusive');
    expect(partial.reason).toContain(
      'the champion churn/3 cannot be compared: of 600 golden rows and 599 answers: 1 row without an answer (C-0)',
    );
    const unread = judge({ champion: { name: 'churn/3', unreadable: 's3://b/k: there is no such object' } }).at(-1);
    expect(unread).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the champion churn/3 cannot be compared: s3://b/k: there is no such object',
    });
  });
});

test('regression: metrics, and R² as the promotion unless another is named', () => {
  const truth = rows.map((_, index) => 50 + (index % 40));
  const numbers = rows.map((row, index) => ({ ...row, target: truth[index] ?? 0 }));
  const near = (noise: number) =>
    rows.map(({ key }, i) => ({ key, score: (truth[i] ?? 0) + noise * drawNormal(random) }));
  const regression: ModelGateConfig = {
    threshold: 0.5,
    metrics: {
      rmse: { max: 3, decide: 'interval', confidence: 0.95 },
      r2: { min: 0.9, decide: 'point', confidence: 0.95 },
    },
    slices: [],
    promotion: { rule: 'non-inferior', margin: 0.01, confidence: 0.95 },
  };
  const input = { task: 'regression', rows: numbers, challenger: near(2) } as const;
  const checks = judgeModel({ ...input, champion: { name: 'old', predictions: near(2.2) } }, regression);
  expect([...new Set(checks.map((check) => check.verdict))]).toEqual(['pass']);
  expect(checks.map((check) => check.id)).toEqual([
    'sanity.holdout',
    'sanity.complete',
    'sanity.finite',
    'sanity.varies',
    'metrics.rmse',
    'metrics.r2',
    'promotion.r2',
  ]);
  const worse = judgeModel(
    { ...input, challenger: near(9), champion: { name: 'old', predictions: near(2) } },
    regression,
  );
  expect(verdicts(worse)).toMatchObject({ 'metrics.rmse': 'fail', 'metrics.r2': 'fail', 'promotion.r2': 'fail' });
});
