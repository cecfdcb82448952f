import {
  midRanks,
  newcombeInterval,
  normalCdf,
  normalQuantile,
  quantile,
  wilsonInterval,
} from '../../../lib/core/statistics';
import { aucCovariance, aucInterval, compareAuc, rocArea } from '../../support/components';
import reference from './reference.json';

/** Values of scripts/reference/statistics.py: SciPy and scikit-learn. */

const relative = (value: number, expected: number): number =>
  Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-300);

function expectInterval(interval: readonly [number, number] | null | undefined, expected: readonly number[]): void {
  expect(interval).toHaveLength(2);
  for (const [index, bound] of (interval ?? []).entries()) expect(bound).toBeCloseTo(expected[index] ?? Number.NaN, 10);
}

test.each(reference.normalCdf)('normal distribution at %d', (z, expected) => {
  expect(Math.abs(normalCdf(z) - expected)).toBeLessThan(2e-15);
  expect(relative(normalCdf(z), expected)).toBeLessThan(z < -37 ? 1.1 : 1e-7);
});

test.each(reference.normalQuantile)('normal quantile at %d', (p, expected) => {
  expect(Math.abs(normalQuantile(p) - expected)).toBeLessThan(1e-13 * Math.max(1, Math.abs(expected)));
});

test('normal quantile at the ends and beyond', () => {
  expect([0, 1, -0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([-Infinity, Infinity, NaN, NaN, NaN]);
});

test('mid-ranks', () => {
  expect([...midRanks(Float64Array.from(reference.midRanks.values))]).toEqual(reference.midRanks.ranks);
});

test.each(reference.wilson)('Wilson interval of $successes of $n', ({ successes, n, confidence, interval }) => {
  expectInterval(wilsonInterval(successes, n, confidence), interval);
});

test.each(reference.newcombe)(
  'Newcombe interval of $auc from $m and $n rows',
  ({ auc, m, n, confidence, interval }) => {
    expectInterval(newcombeInterval(auc, m, n, confidence), interval);
  },
);

test.each(reference.delong)('DeLong, $name', (expected) => {
  const [a, b] = [0, 1].map((model) =>
    rocArea({
      positives: Float64Array.from(expected.positives[model] ?? []),
      negatives: Float64Array.from(expected.negatives[model] ?? []),
    }),
  );
  if (a === undefined || b === undefined) throw new Error('two models are compared');
  expectInterval([a.auc, b.auc], expected.auc);
  expect([aucCovariance(a, a), aucCovariance(a, b), aucCovariance(b, b)].map((v) => v.toPrecision(11))).toEqual(
    [expected.covariance[0]?.[0], expected.covariance[0]?.[1], expected.covariance[1]?.[1]].map((v) =>
      v?.toPrecision(11),
    ),
  );
  const single = aucInterval(a, expected.confidence);
  expect(single?.method).toBe('delong_logit');
  expectInterval(single?.interval, expected.logitInterval);
  const paired = compareAuc(a, b, expected.confidence);
  expect(paired.difference).toBeCloseTo(expected.difference, 12);
  expectInterval(paired.interval, expected.differenceInterval);
  expect(relative(paired.pValue ?? Number.NaN, expected.pValue)).toBeLessThan(1e-7);
});

test('quantiles interpolate as NumPy does by default', () => {
  // numpy.quantile([1, 2, 4, 8], [0, 0.3, 0.5, 0.9, 1])
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([0, 0.3, 0.5, 0.9, 1].map((p) => quantile(sorted, p))).toEqual(
    [1, 1.9, 3, 6.8, 8].map((q) => expect.closeTo(q, 12)),
  );
});
