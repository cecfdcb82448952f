import { judgeModel } from '../../../lib/core/model';
import { createRandom, drawNormal } from '../../../lib/core/statistics';
import {
  answered,
  configOf,
  found,
  good,
  inputOf,
  labels,
  model,
  NONE,
  poor,
  ROWS,
  type Sample,
  verdicts,
} from './samples';

const said = {
  metrics: { roc_auc: { min: 0.8, decide: 'lower-bound' }, log_loss: { max: 0.7 } },
  slices: [{ column: 'contract', minRows: 50, metrics: { roc_auc: { min: 0.7 } } }],
};

const judge = (sample: Sample = {}, changes: object = {}) =>
  judgeModel(inputOf(sample), configOf({ ...said, ...changes }));
const tally = (count: number, ...examples: readonly string[]) => ({ count, examples });

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
  const expected = {
    statistic: 'roc_auc',
    method: 'delong_logit',
    n: 600,
    threshold: 0.8,
    min: 0.8,
    decide: 'lower-bound',
  };
  expect(evidence).toMatchObject(expected);
  expect(found(checks, 'metrics.log_loss').evidence).toMatchObject({ method: 'bootstrap_percentile', max: 0.7 });
});

describe('sanity', () => {
  const reason = (sample: Sample, id: string, changes: object = {}): string => {
    const check = found(judge(sample, changes), id);
    return `${check.verdict}: ${check.reason}`;
  };

  test('answers that do not fit the rows', () => {
    const challenger = answered(601, { missing: tally(1, 'C-0'), unknown: tally(12, 'X', 'Y') });
    const checks = judge({ challenger });
    expect(checks.map((check) => check.id)).toEqual(['sanity.holdout', 'sanity.complete']);
    expect(found(checks, 'sanity.complete')).toMatchObject({
      verdict: 'fail',
      reason:
        'of 600 golden rows and 601 answers: 1 row without an answer (C-0), 12 answers for no row of the holdout (X, Y, …)',
    });
  });

  test('an answer that is no number ends it there', () => {
    const checks = judge({ challenger: answered(600, { invalid: tally(1, 'C-3: "0.5x"') }) });
    expect(found(checks, 'sanity.finite').reason).toBe('1 score of 600 is no finite number (C-3: "0.5x")');
    expect(checks.at(-1)?.id).toBe('sanity.finite');
  });

  test('one row answered twice: alike, differently, or not at all where it has to be', () => {
    const alike = answered(605, { repeated: tally(5, 'C-1') });
    expect(reason({ challenger: alike }, 'sanity.deterministic')).toBe(
      'pass: 5 rows answered more than once, each time alike',
    );
    const apart = { ...alike, differing: tally(2, 'C-1', 'C-2') };
    expect(reason({ challenger: apart }, 'sanity.deterministic')).toBe(
      'fail: of 5 rows answered more than once, 2 got different answers (C-1, C-2): one row is always answered alike',
    );
    const required = { sanity: { repeated: 'required' } };
    expect(reason({}, 'sanity.deterministic', required)).toMatch(/^inconclusive: no row was answered twice/);
  });

  test('probabilities and constant answers, and their switches', () => {
    const outside = good.with(3, 1.2);
    expect(reason({ scores: outside }, 'sanity.probability')).toBe(
      'fail: 1 score of 600 lies outside 0 to 1 (the first: 1.2); a binary score is the probability of the positive class',
    );
    const constant = new Float64Array(ROWS).fill(0.25);
    expect(reason({ scores: constant }, 'sanity.varies')).toContain('fail: the model answers 0.25 for every row');
    const off = { sanity: { probability: false, varies: false } };
    const ids = judge({ scores: outside }, off).map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('sanity.'))).toEqual([
      'sanity.holdout',
      'sanity.complete',
      'sanity.finite',
    ]);
  });

  test('a holdout with repeated keys or without labels', () => {
    const holdout = { rows: 603, keyless: 1, repeated: tally(1, 'C-0'), unlabelled: tally(1, 'new') };
    expect(judge({ holdout })).toMatchObject([
      {
        id: 'sanity.holdout',
        verdict: 'fail',
        reason: expect.stringContaining(
          '1 row without a key, 1 key on several rows (C-0), 1 row without a usable label (new)',
        ),
      },
    ]);
    const empty = { rows: 0, keyless: 0, repeated: NONE, unlabelled: NONE };
    expect(judge({ holdout: empty })).toMatchObject([
      { verdict: 'inconclusive', reason: 'the golden holdout has no rows' },
    ]);
  });

  test('a feature that separates the label alone is told, unless it may', () => {
    const features = [
      { column: 'tenure', auc: 0.71 },
      { column: 'cancelled_at', auc: 0.997 },
    ];
    expect(reason({ features }, 'sanity.leakage')).toMatch(
      /^inconclusive: cancelled_at \(ROC AUC 0\.997\) alone separates/,
    );
    const fail = { sanity: { leakage: { verdict: 'fail' } } };
    expect(reason({ features }, 'sanity.leakage', fail)).toMatch(/^fail: /);
    const ignore = { sanity: { leakage: { ignore: ['cancelled_at'] } } };
    expect(reason({ features }, 'sanity.leakage', ignore)).toBe(
      'pass: no feature alone separates the label: the best of 1 feature, tenure, has an ROC AUC of 0.71',
    );
    const off = { sanity: { leakage: { verdict: 'off' } } };
    expect(judge({ features }, off).some(({ id }) => id === 'sanity.leakage')).toBe(false);
  });

  test('a holdout that was used too often says so', () => {
    const holdout = { budget: 20 };
    expect(reason({ uses: 20 }, 'sanity.holdout_budget', { holdout })).toBe(
      'pass: the holdout was used 20 times; the budget is 20',
    );
    expect(reason({ uses: 21 }, 'sanity.holdout_budget', { holdout })).toMatch(
      /^inconclusive: the holdout was used 21 times, more than its budget of 20: /,
    );
    expect(reason({ uses: 21 }, 'sanity.holdout_budget', { holdout: { budget: 20, exceeded: 'pass' } })).toMatch(
      /^pass: the holdout was used 21 times, more than/,
    );
    expect(reason({ uses: { unknown: 'no disk' } }, 'sanity.holdout_budget', { holdout })).toBe(
      'inconclusive: how often the holdout was used is not known: no disk',
    );
  });
});

describe('bounds', () => {
  const reason = (metrics: object, id: string): string => {
    const check = found(judge({}, { metrics }), id);
    return `${check.verdict}: ${check.reason}`;
  };

  test('the estimate may pass where its interval does not', () => {
    const { evidence } = found(judge(), 'metrics.roc_auc');
    const min = Math.round(((evidence?.estimate ?? 0) - 0.002) * 1e4) / 1e4;
    expect(reason({ roc_auc: { min } }, 'metrics.roc_auc')).toMatch(
      /^pass: ROC AUC is 0\.\d+ \(95\u202F% interval 0\.\d+ to 0\.\d+\); at least 0\.\d+ is required$/,
    );
    expect(reason({ roc_auc: { min, decide: 'lower-bound' } }, 'metrics.roc_auc')).toMatch(
      /^fail: .* is required of the whole interval$/,
    );
  });

  test('a value just below its bound does not read like the bound', () => {
    const exact = found(judge(), 'metrics.roc_auc').evidence?.estimate ?? 0;
    expect(reason({ roc_auc: { min: exact + 1e-9 } }, 'metrics.roc_auc')).toContain(`fail: ROC AUC is ${exact}`);
  });

  test('one class only is inconclusive', () => {
    const checks = judge(
      { columns: { labels: new Float64Array(ROWS) } },
      { slices: [], promotion: { rule: 'superior' } },
    );
    expect(found(checks, 'metrics.roc_auc')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'ROC AUC cannot be computed: every row is negative',
    });
    expect(found(checks, 'metrics.log_loss').verdict).toBe('inconclusive');
  });

  test('weights and parameters are those of the configuration', () => {
    const weights = labels.map((label) => (label === 1 ? 0.5 : 2));
    const weighted = found(judge({ columns: { weights } }, { metrics: { roc_auc: { min: 0.8 } } }), 'metrics.roc_auc');
    expect(weighted.evidence?.method).toBe('bootstrap_percentile');
    const strict = found(judge({}, { metrics: { recall: { min: 0.1 } }, threshold: 0.99 }), 'metrics.recall');
    expect(strict.evidence?.estimate).toBeLessThan(0.5);
  });

  test('pictures: the ROC curve in at most 200 points, and calibration', () => {
    const checks = judge({ championScores: poor });
    const curves = found(checks, 'metrics.roc_auc').evidence?.roc as { points: [number, number][] }[] | undefined;
    const curve = curves?.[0];
    expect(curve?.points.length).toBeLessThanOrEqual(200);
    expect([curve?.points[0], curve?.points.at(-1)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect(found(checks, 'metrics.log_loss').evidence?.calibration).toMatchObject([
      { name: 'challenger' },
      { name: 'champion' },
    ]);
  });
});

test('regression: metrics, and R² as the promotion unless another is named', () => {
  const random = createRandom(5);
  const truth = Float64Array.from({ length: ROWS }, (_, index) => 50 + (index % 40));
  const near = (noise: number) => truth.map((value) => value + noise * drawNormal(random));
  const regression = {
    metrics: { rmse: { max: 3, decide: 'lower-bound' }, r2: { min: 0.9 }, pinball: { max: 2 } },
    slices: [],
  };
  const sample = { task: 'regression', columns: { labels: truth } } as const;
  const checks = judge({ ...sample, scores: near(2), championScores: near(2.2) }, regression);
  expect([...new Set(checks.map((check) => check.verdict))]).toEqual(['pass']);
  expect(checks.map((check) => check.id)).toEqual([
    'sanity.holdout',
    'sanity.complete',
    'sanity.finite',
    'sanity.varies',
    'metrics.rmse',
    'metrics.r2',
    'metrics.pinball',
    'promotion.r2',
  ]);
  const worse = judge({ ...sample, scores: near(9), championScores: near(2) }, regression);
  expect(verdicts(worse)).toMatchObject({ 'metrics.rmse': 'fail', 'metrics.r2': 'fail', 'promotion.r2': 'fail' });
});

test('several classes: probabilities that sum to 1, averaged metrics, accuracy as the promotion', () => {
  const random = createRandom(8);
  const classes = ['basic', 'plus', 'pro'];
  const truth = Float64Array.from({ length: ROWS }, (_, index) => index % 3);
  const answer = (noise: number) => {
    const columns = classes.map(() => new Float64Array(ROWS));
    for (let row = 0; row < ROWS; row += 1) {
      const strengths = classes.map((_, k) => Math.exp((truth[row] === k ? 2 : 0) + noise * drawNormal(random)));
      const total = strengths.reduce((sum, x) => sum + x, 0);
      for (const [k, column] of columns.entries()) column[row] = (strengths[k] ?? 0) / total;
    }
    return { columns };
  };
  const [better, worse] = [answer(0.7), answer(1.6)];
  const config = { metrics: { f1_macro: { min: 0.7 }, log_loss: { max: 1 }, roc_auc_ovr: { min: 0.8 } }, slices: [] };
  const sample: Sample = { task: 'multiclass', championScores: poor };
  const columns = { labels: truth, classes, challenger: better, champion: worse };
  const checks = judge({ ...sample, columns }, { ...config, promotion: { rule: 'superior', margin: 0 } });
  expect([...new Set(checks.map((check) => check.verdict))]).toEqual(['pass']);
  expect(found(checks, 'promotion.accuracy').evidence).toMatchObject({ method: 'tango', rule: 'superior' });
  const [first = new Float64Array(ROWS), ...others] = better.columns;
  const off = { columns: [first.map((p) => p / 2), ...others] };
  expect(
    found(judge({ ...sample, columns: { ...columns, challenger: off } }, config), 'sanity.probability').reason,
  ).toMatch(/^the probabilities of the classes do not sum to 1 in 600 rows of 600 \(the first: 0\.\d+\)$/);
});

test('the same evidence gives the same report', () => {
  const sample = { championScores: model(0.4) };
  expect(JSON.stringify(judge(sample))).toBe(JSON.stringify(judge(sample)));
});
