import fc from 'fast-check';
import {
  detectableDifference,
  differenceInterval,
  holmAdjusted,
  mcNemar,
  normalCdf,
  pairedProportionsError,
  quantileInterval,
  ratioInterval,
  rowsNeeded,
  standardErrorOf,
  tangoInterval,
} from '../../../lib/core/statistics';
import { tangoStatistic } from '../../../lib/core/statistics/tango';
import reference from './comparisons.json';

/** Values of scripts/reference/comparisons.py: SciPy and brute force. */

const relative = (value: number, expected: number): number => Math.abs(value - expected) / Math.abs(expected);

test.each(reference.mcnemar)('McNemar, $onlyFirst against $onlySecond', ({ exact, midP, asymptotic, ...counts }) => {
  const found = mcNemar(counts);
  expect(relative(found.exact, exact)).toBeLessThan(1e-12);
  expect(relative(found.midP, midP)).toBeLessThan(1e-12);
  expect(relative(found.asymptotic, asymptotic)).toBeLessThan(1e-12);
});

test("McNemar's published example: airway hyper-responsiveness, Fagerland 2013, table 1", () => {
  const { exact, midP, asymptotic } = mcNemar({ onlyFirst: 1, onlySecond: 7 });
  expect([exact, midP, asymptotic].map((p) => p.toFixed(4))).toEqual(['0.0703', '0.0391', '0.0339']);
  expect(mcNemar({ onlyFirst: 0, onlySecond: 0 })).toEqual({ exact: 1, midP: 1, asymptotic: 1, midPAbove: 0.5 });
  expect(() => mcNemar({ onlyFirst: 1.5, onlySecond: 0 })).toThrow("McNemar's test counts rows; got 1.5");
});

test.each(reference.tango)('Tango, $onlyFirst against $onlySecond of $n', ({ confidence, interval, ...counts }) => {
  const found = tangoInterval(counts, confidence);
  for (const [index, bound] of found.entries()) expect(bound).toBeCloseTo(interval[index] ?? Number.NaN, 6);
});

test('published score intervals of paired proportions: M. W. Fagerland et al., Statistics in Medicine 33 (2014), tables', () => {
  const rounded = (counts: Parameters<typeof tangoInterval>[0], digits: number) =>
    tangoInterval(counts, 0.95).map((bound) => bound.toFixed(digits));
  expect(rounded({ onlyFirst: 1, onlySecond: 7, n: 21 }, 3)).toEqual(['-0.517', '-0.026']);
  expect(rounded({ onlyFirst: 6, onlySecond: 16, n: 161 }, 3)).toEqual(['-0.124', '-0.005']);
});

test('Tango: no discordant row still leaves doubt, ends stay within ±1, the test inverts the interval', () => {
  const [low, high] = tangoInterval({ onlyFirst: 0, onlySecond: 0, n: 30 }, 0.95);
  // 1.96²/(n + 1.96²) without a discordant row.
  expect(high).toBeCloseTo(3.841459 / (30 + 3.841459), 6);
  expect(low).toBeCloseTo(-high, 12);
  const counts = fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }), fc.integer({ min: 1, max: 60 }));
  fc.assert(
    fc.property(counts, ([onlyFirst, onlySecond, rest]) => {
      const table = { onlyFirst, onlySecond, n: onlyFirst + onlySecond + rest };
      const swapped = { onlyFirst: onlySecond, onlySecond: onlyFirst, n: table.n };
      const [from, to] = tangoInterval(table, 0.95);
      const [mirroredFrom, mirroredTo] = tangoInterval(swapped, 0.95);
      expect(from).toBeGreaterThanOrEqual(-1);
      expect(to).toBeLessThanOrEqual(1);
      expect([mirroredFrom, mirroredTo]).toEqual([expect.closeTo(-to, 9), expect.closeTo(-from, 9)]);
      expect(normalCdf(-tangoStatistic(table, from))).toBeCloseTo(0.025, 6);
      expect(normalCdf(tangoStatistic(table, to))).toBeCloseTo(0.025, 6);
    }),
  );
  expect(() => tangoInterval({ onlyFirst: 3, onlySecond: 3, n: 5 }, 0.95)).toThrow('3 and 3 discordant rows of 5');
});

test.each(reference.newcombe)(
  'Newcombe, two proportions: $first, $second',
  ({ first, second, confidence, interval }) => {
    const found = differenceInterval(first, second, confidence);
    for (const [index, bound] of found.entries()) expect(bound).toBeCloseTo(interval[index] ?? Number.NaN, 10);
  },
);

test('published: Newcombe 1998, table II, method 10; Koopman 1984, the example of the paper', () => {
  const rounded = (interval: readonly number[] | null, digits: number) =>
    interval?.map((bound) => bound.toFixed(digits));
  const of = (successes: number, n: number) => ({ successes, n });
  expect(rounded(differenceInterval(of(56, 70), of(48, 80), 0.95), 4)).toEqual(['0.0524', '0.3339']);
  expect(rounded(differenceInterval(of(9, 10), of(3, 10), 0.95), 4)).toEqual(['0.1705', '0.8090']);
  expect(rounded(differenceInterval(of(10, 10), of(0, 10), 0.95), 4)).toEqual(['0.6075', '1.0000']);
  expect(rounded(ratioInterval(of(36, 40), of(16, 80), 0.95), 2)).toEqual(['2.94', '7.15']);
});

test.each(reference.koopman)('Koopman, ratio: $first, $second', ({ first, second, confidence, interval }) => {
  const found = ratioInterval(first, second, confidence);
  for (const [index, bound] of (found ?? []).entries())
    expect(relative(bound, interval[index] ?? Number.NaN)).toBeLessThan(1e-6);
  const turned = ratioInterval(second, first, confidence) ?? [0, 0];
  expect(relative(turned[0], 1 / (interval[1] ?? Number.NaN))).toBeLessThan(1e-6);
});

test('a ratio without successes: from 0, to infinity, or nothing to say', () => {
  const none = { successes: 0, n: 10 };
  const some = { successes: 3, n: 10 };
  expect(ratioInterval(none, some, 0.95)?.[0]).toBe(0);
  expect(ratioInterval(some, none, 0.95)?.[1]).toBe(Number.POSITIVE_INFINITY);
  expect(ratioInterval(none, none, 0.95)).toBeNull();
  expect(() => ratioInterval({ successes: 4, n: 3 }, some, 0.95)).toThrow('got 4 of 3');
});

test.each(reference.holm)('Holm, $pValues', ({ pValues, adjusted }) => {
  expect(holmAdjusted(pValues)).toEqual(adjusted.map((p) => expect.closeTo(p, 14)));
});

test('Holm rejects no more than each test alone, and at least what Bonferroni does', () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pValues, fc.constantFrom(0.01, 0.05, 0.2), (list, alpha) => {
      const rejected = holmAdjusted(list).map((p) => p <= alpha);
      for (const [index, p] of list.entries()) {
        if (rejected[index]) expect(p).toBeLessThanOrEqual(alpha);
        if (p <= alpha / list.length) expect(rejected[index]).toBe(true);
      }
    }),
  );
  expect(holmAdjusted([])).toEqual([]);
  expect(() => holmAdjusted([0.2, Number.NaN])).toThrow('a p-value lies from 0 to 1; got NaN');
});

test.each(reference.quantile)(
  'interval of the $p quantile of $n values at $confidence',
  ({ n, p, confidence, value, ranks }) => {
    const found = quantileInterval(
      Float64Array.from({ length: n }, (_, index) => index + 1),
      p,
      confidence,
    );
    expect(found.value).toBeCloseTo(value, 9);
    expect(found.interval).toEqual(ranks.includes(null) ? null : ranks);
    if (found.coverage !== null) expect(found.coverage).toBeGreaterThanOrEqual(confidence - 1e-12);
  },
);

test('too few values bound a high percentile from below alone', () => {
  const few = quantileInterval(
    Float64Array.from({ length: 50 }, (_, index) => index),
    0.99,
    0.95,
  );
  expect(few).toMatchObject({ interval: null, coverage: null, upperBound: null, n: 50 });
  expect(few.lowerBound).not.toBeNull();
  // 0.99^n ≤ 0.05 from 299 values on.
  const bound = (n: number) => quantileInterval(new Float64Array(n), 0.99, 0.95).upperBound;
  expect([bound(298), bound(299)]).toEqual([null, 0]);
  expect(() => quantileInterval(new Float64Array(0), 0.5, 0.95)).toThrow('a quantile needs at least one value');
  expect(() => quantileInterval(new Float64Array(3), 1, 0.95)).toThrow('p lies between 0 and 1, both excluded; got 1');
});

test('rows needed and detectable difference are each other at the same margin', () => {
  const options = { confidence: 0.95, power: 0.8 };
  // (1.959964 + 0.841621)·0.01
  expect(detectableDifference(0.01, options)).toBeCloseTo(0.02801585, 7);
  expect(rowsNeeded(800, 0.01, 0.0280158522, options)).toBe(800);
  expect(rowsNeeded(800, 0.01, 0.005, options)).toBe(25_117);
  expect(rowsNeeded(800, 0, 0.005, options)).toBeNull();
  expect(rowsNeeded(800, 0.01, 0, options)).toBe(Number.POSITIVE_INFINITY);
  expect(pairedProportionsError(0, 100)).toBe(0.01);
  expect(standardErrorOf([-0.0195996398, 0.0195996398], 0.95)).toBeCloseTo(0.01, 9);
});
