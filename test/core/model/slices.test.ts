import { judgeModel } from '../../../lib/core/model';
import {
  conditionOf,
  configOf,
  found,
  good,
  groupOf,
  inputOf,
  labels,
  logistic,
  model,
  poor,
  ROWS,
  type Sample,
} from './samples';

interface Row {
  readonly estimate: number;
  readonly champion: number;
  readonly difference: number;
}

const judge = (sample: Sample, slices: readonly object[], more: object = {}) =>
  judgeModel(inputOf(sample), configOf({ slices, ...more }));

const contract = (metrics: object, minRows = 50) => [{ column: 'contract', minRows, metrics }];
const ID = 'slices.contract.roc_auc';
const isAnnual = (row: number): boolean => row >= 10 && row % 3 === 0;

test('thin ones are listed and decide nothing', () => {
  const check = found(judge({}, contract({ roc_auc: { min: 0.7 } })), ID);
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
  const scores = good.map((score, row) => (isAnnual(row) ? 1 - score : score));
  const checks = judge({ scores }, contract({ roc_auc: { min: 0.7 } }), { metrics: { roc_auc: { min: 0.4 } } });
  expect(found(checks, 'metrics.roc_auc').verdict).toBe('pass');
  const check = found(checks, ID);
  expect(check.verdict).toBe('fail');
  expect(check.reason).toMatch(/^ROC AUC of contract = annual is 0\.\d+ .*; at least 0.7 is required; not judged/);
  expect(check.evidence).toMatchObject({ slice: 'annual', min: 0.7, method: 'delong_logit' });
});

test('only thin slices are no evidence', () => {
  expect(found(judge({}, contract({ roc_auc: { min: 0.7 } }, 5000)), ID)).toMatchObject({
    verdict: 'inconclusive',
    reason: 'no value of contract has 5,000 rows in the holdout, so ROC AUC was judged for none of 3 slices',
  });
});

describe('a condition', () => {
  const groups = [conditionOf('new', (row) => row < 80)];
  const slice = (minRows: number) => [
    { name: 'new', where: 'tenure < 6', minRows, metrics: { accuracy: { min: 0.6 } } },
  ];

  test('is one slice, by its name', () => {
    const check = found(judge({ columns: { groups } }, slice(50)), 'slices.new.accuracy');
    expect(check).toMatchObject({ verdict: 'pass', evidence: { n: 80, slice: 'new', method: 'wilson' } });
    expect(check.reason).toMatch(/^1 slice judged, the worst: accuracy of new is 0\.\d+ /);
  });

  test('with too few rows is inconclusive', () => {
    expect(found(judge({ columns: { groups } }, slice(81)), 'slices.new.accuracy')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'new has 80 rows in the holdout, and 81 rows are needed to judge accuracy',
    });
  });
});

test('a slice of one class is inconclusive, and says of which', () => {
  const groups = [
    groupOf(
      'contract',
      Array.from(labels, (label) => (label === 1 ? 'churned' : 'stayed')),
    ),
  ];
  const check = found(judge({ columns: { groups } }, contract({ roc_auc: { min: 0.7 } })), ID);
  expect(check.verdict).toBe('inconclusive');
  expect(check.reason).toContain('ROC AUC of contract = churned cannot be computed: every row is positive');
});

test('areas from one ranking of all rows are those of each slice on its own', () => {
  const checks = judge({}, [
    ...contract({ roc_auc: { min: 0.1 } }),
    { ...contract({ roc_auc: { min: 0.1, interval: 'percentile' } })[0], name: 'one by one' },
  ]);
  const of = (id: string) =>
    (found(checks, id).evidence?.slices as Row[] | undefined)?.map(({ estimate }) => estimate) ?? [];
  const [together, apart] = [of(ID), of('slices.one by one.roc_auc')];
  expect(together).toHaveLength(2);
  for (const [index, estimate] of together.entries()) expect(estimate).toBeCloseTo(apart[index] ?? Number.NaN, 12);
});

describe('against the champion', () => {
  const worseInAnnual = good.map((score, row) => (isAnnual(row) ? logistic(3 * Math.sin(row)) : score));
  const drop = contract({ roc_auc: { maxDrop: 0.02 } });

  test('a drop in one slice fails, with both models in the table', () => {
    const check = found(judge({ scores: worseInAnnual, championScores: good }, drop), ID);
    expect(check.verdict).toBe('fail');
    expect(check.reason).toMatch(
      /^ROC AUC of contract = annual is 0\.\d+ below the champion's \(95\u202F% interval .*\); at most 0\.02 worse is allowed, and the breach is more than chance \(p = .* after Holm's correction for 2 slice tests\)/,
    );
    expect(check.evidence).toMatchObject({
      statistic: 'roc_auc_difference',
      method: 'delong_paired',
      min: -0.02,
      sliceTests: 2,
    });
    const annual = (check.evidence?.slices as Row[] | undefined)?.[0];
    expect(annual?.difference).toBeCloseTo((annual?.estimate ?? 0) - (annual?.champion ?? 0), 12);
  });

  test('an equal model has no drop', () => {
    expect(found(judge({ championScores: good }, drop), ID)).toMatchObject({
      verdict: 'pass',
      reason: expect.stringContaining("equals the champion's"),
    });
  });

  test('without a champion there is nothing to hold against, with an unreadable one no evidence', () => {
    expect(found(judge({}, drop), ID)).toMatchObject({
      verdict: 'pass',
      reason: 'first release: no champion to compare the slices with',
    });
    const unreadable = judge({ champion: { name: 'churn/3', unreadable: 'it is gone' } }, drop);
    expect(found(unreadable, ID)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining("cannot be compared with the champion's: it is gone"),
    });
  });

  test('a metric of which less is better drops upwards', () => {
    const check = found(
      judge({ scores: poor, championScores: good }, contract({ brier: { maxDrop: 0.01 } })),
      'slices.contract.brier',
    );
    expect(check.verdict).toBe('fail');
    expect(check.reason).toMatch(/is 0\.\d+ worse than the champion's/);
    expect(check.evidence).toMatchObject({ statistic: 'brier_reduction' });
  });
});

describe("Holm's correction", () => {
  /** Twenty groups of thirty rows; `wrong` of the rows of the first one are answered wrongly, three of each other. */
  const groups = [
    groupOf(
      'region',
      Array.from({ length: ROWS }, (_, row) => `r${String(row % 20).padStart(2, '0')}`),
    ),
  ];
  const scoresWith = (wrong: number) =>
    labels.map((label, row) => {
      const isWrong = Math.floor(row / 20) < (row % 20 === 0 ? wrong : 3);
      return (label === 1) !== isWrong ? 0.9 : 0.1;
    });
  const region = (bounds: object, where?: object) => [
    { column: 'region', minRows: 20, metrics: { accuracy: bounds }, ...where },
  ];
  const verdict = (wrong: number, bounds: object, only = false) => {
    const one = { columns: { groups: only ? [conditionOf('r00', (row) => row % 20 === 0)] : groups } };
    const slices = only ? [{ name: 'r00', where: 'x', minRows: 20, metrics: { accuracy: bounds } }] : region(bounds);
    const checks = judge({ scores: scoresWith(wrong), ...one }, slices);
    return found(checks, `slices.${only ? 'r00' : 'region'}.accuracy`);
  };

  test('a breach that alone is more than chance is not so among twenty', () => {
    const bounds = { min: 0.9, decide: 'significant' };
    expect(verdict(9, bounds, true).verdict).toBe('fail');
    const among = verdict(9, bounds);
    expect(among.verdict).toBe('pass');
    expect(among.reason).toContain('and the breach may be chance (p = ');
    expect(among.reason).toContain("after Holm's correction for 20 slice tests");
    expect(verdict(16, bounds).verdict).toBe('fail');
  });

  test('what is shown of one slice alone is not shown of twenty at once', () => {
    const bounds = { min: 0.7, decide: 'lower-bound' };
    expect(verdict(3, bounds, true).verdict).toBe('pass');
    const among = verdict(3, bounds);
    expect(among.verdict).toBe('fail');
    expect(among.reason).toMatch(/; at least 0\.7 is required and not shown \(p = .* 20 slice tests, 0\.025 needed\)/);
    expect(verdict(3, { min: 0.4, decide: 'lower-bound' }).verdict).toBe('pass');
  });

  test('alone, a p-value decides as the interval does', () => {
    for (const min of [0.55, 0.6, 0.65, 0.7, 0.72, 0.74, 0.76, 0.8]) {
      const check = verdict(3, { min, decide: 'lower-bound' }, true);
      const [low] = check.evidence?.interval ?? [0, 0];
      expect([min, check.verdict]).toEqual([min, low >= min ? 'pass' : 'fail']);
    }
  });

  test('the correction counts tests of all entries and metrics', () => {
    const checks = judge({ scores: model(0.5) }, [
      ...contract({ roc_auc: { min: 0.6, decide: 'lower-bound' }, accuracy: { min: 0.5, decide: 'lower-bound' } }),
      { ...contract({ recall: { min: 0.1, max: 1, decide: 'lower-bound' } })[0], name: 'again' },
    ]);
    expect(found(checks, ID).evidence?.sliceTests).toBe(8);
  });
});
