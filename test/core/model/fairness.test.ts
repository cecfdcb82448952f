import { judgeModel } from '../../../lib/core/model';
import { configOf, found, groupOf, inputOf, labels, type Sample } from './samples';

/** Selection rates 0.5, 0.3 and 0.1; the tiny group has five rows. */
const GROUPS = ['a', 'b', 'c'];
const SIZES = [300, 195, 100];
const SELECTED = [150, 58, 10];
const names = [
  ...SIZES.flatMap((size, g) => Array.from({ length: size }, () => GROUPS[g] ?? '')),
  ...Array.from({ length: 5 }, () => 'tiny'),
];
const scores = Float64Array.from([
  ...SIZES.flatMap((size, g) => Array.from({ length: size }, (_, i) => (i < (SELECTED[g] ?? 0) ? 0.9 : 0.1))),
  ...Array.from({ length: 5 }, () => 0.1),
]);
const groups = [groupOf('gender', names)];

const judge = (entry: object, sample: Sample = {}) =>
  judgeModel(
    inputOf({ scores, ...sample, columns: { groups, ...sample.columns } }),
    configOf({ fairness: [{ column: 'gender', minRows: 20, ...entry }] }),
  );
const parity = (entry: object, sample: Sample = {}, measure = 'difference') =>
  found(judge({ metric: 'demographic-parity', ...entry }, sample), `fairness.gender.demographic-parity.${measure}`);

test('demographic parity: the worst group against the largest, with an interval', () => {
  const check = parity({ difference: { max: 0.2 } });
  expect(check.verdict).toBe('fail');
  expect(check.reason).toMatch(
    /^selection rate of gender = c is 0\.1 beside 0\.5 of the largest group, a difference of −0\.4 \(95\u202F% interval −0\.\d+ to −0\.\d+\); at most 0\.2 either way is allowed; not compared for fewer than 20 rows: tiny$/,
  );
  expect(check.evidence).toMatchObject({
    statistic: 'selection_rate_difference',
    method: 'newcombe_hybrid_score',
    group: 'c',
    reference: 'a',
    n: 400,
    groups: [
      { value: 'b', rate: 'selection rate', rows: 195, verdict: 'fail' },
      { value: 'c', rate: 'selection rate', rows: 100, verdict: 'fail' },
    ],
    thin: [{ value: 'tiny', rows: 5 }],
  });
  expect(check.evidence?.estimate).toBeCloseTo(-0.4, 12);
  expect(parity({ difference: { max: 0.45 } }).verdict).toBe('pass');
});

test('the whole interval has to lie inside where that is asked', () => {
  expect(parity({ difference: { max: 0.42 } }).verdict).toBe('pass');
  expect(parity({ difference: { max: 0.42, decide: 'lower-bound' } }).verdict).toBe('fail');
  expect(parity({ difference: { max: 0.5, decide: 'lower-bound' } }).verdict).toBe('pass');
});

test('a ratio holds whichever group is named first', () => {
  const check = parity({ ratio: { min: 0.8 } }, {}, 'ratio');
  expect(check).toMatchObject({ verdict: 'fail', evidence: { method: 'koopman_score', min: 0.8, max: 1.25 } });
  expect(check.evidence?.estimate).toBeCloseTo(0.2, 12);
  const other = parity({ reference: 'c', ratio: { min: 0.8 } }, {}, 'ratio');
  expect(other.verdict).toBe('fail');
  expect(other.evidence?.estimate).toBeCloseTo(5, 12);
  expect(parity({ ratio: { min: 0.2 } }, {}, 'ratio').verdict).toBe('pass');
  expect(parity({ reference: 'c', ratio: { min: 0.2 } }, {}, 'ratio').verdict).toBe('pass');
});

test('equal opportunity and equalized odds are rates among one class', () => {
  const { length } = labels;
  const groupNames = Array.from({ length }, (_, row) => (row % 2 === 0 ? 'x' : 'y'));
  const own = Float64Array.from({ length }, (_, row) => Math.floor(row / 2) % 2);
  // Positives are found in both groups alike; negatives of y are never flagged, those of x half the time.
  const answers = Float64Array.from({ length }, (_, row) => {
    if (own[row] === 1) return row % 8 < 4 ? 0.9 : 0.1;
    return row % 2 === 0 && row % 8 < 4 ? 0.9 : 0.1;
  });
  const sample: Sample = { scores: answers, columns: { labels: own, groups: [groupOf('gender', groupNames)] } };
  const checks = (metric: string) =>
    found(judge({ metric, difference: { max: 0.1 } }, sample), `fairness.gender.${metric}.difference`);
  expect(checks('equal-opportunity')).toMatchObject({
    verdict: 'pass',
    evidence: { statistic: 'true_positive_rate_difference' },
  });
  const odds = checks('equalized-odds');
  expect(odds).toMatchObject({
    verdict: 'fail',
    evidence: { statistic: 'false_positive_rate_difference', group: 'y' },
  });
  expect(odds.evidence?.groups).toHaveLength(2);
});

test('weights count, and widen the interval to what the effective rows know', () => {
  const weights = names.map((_, row) => (row % 2 === 0 ? 1 : 3));
  const weighted = parity({ difference: { max: 0.5 } }, { columns: { weights: Float64Array.from(weights) } }).evidence;
  const plain = parity({ difference: { max: 0.5 } }).evidence;
  const width = (interval: readonly number[] | null | undefined) => (interval?.[1] ?? 0) - (interval?.[0] ?? 0);
  expect(width(weighted?.interval)).toBeGreaterThan(width(plain?.interval));
});

test('no evidence is inconclusive: no such group, a thin reference, no other group, two rates of 0', () => {
  const reason = (entry: object, sample: Sample = {}, measure = 'difference') => {
    const check = parity(entry, sample, measure);
    expect(check.verdict).toBe('inconclusive');
    return check.reason;
  };
  expect(reason({ reference: 'd', difference: { max: 0.1 } })).toBe(
    'the reference group d of gender has no row; there are a, b, c, tiny',
  );
  expect(reason({ reference: 'tiny', difference: { max: 0.1 } })).toMatch(
    /^the reference group tiny of gender has 5 rows behind/,
  );
  expect(reason({ minRows: 250, difference: { max: 0.1 } })).toBe(
    'no group of gender beside a has the 250 rows that a comparison needs',
  );
  const none = new Float64Array(labels.length).fill(0.1).with(0, 0.2);
  expect(reason({ ratio: { min: 0.8 } }, { scores: none }, 'ratio')).toContain('two rates of 0 have no ratio');
});
