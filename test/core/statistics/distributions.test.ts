import fc from 'fast-check';
import {
  binomialCdf,
  binomialProbability,
  binomialQuantile,
  binomialTail,
  chiSquareUpperTail,
  clopperPearsonInterval,
  clopperPearsonLowerBound,
  normalCdf,
} from '../../../lib/core/statistics';
import { betaQuantile, incompleteBeta } from '../../../lib/core/statistics/beta';
import { drawBinomial } from '../../../lib/core/statistics/binomial-draw';
import { incompleteGamma, logGamma } from '../../../lib/core/statistics/gamma';
import { createRandom } from '../../../lib/core/statistics/random';
import reference from './distributions.json';

/** Values of scripts/reference/distributions.py: mpmath with 70 digits, SciPy. */

/** Largest relative error; absolute for values that a difference from 1 has shortened. */
const worst = (pairs: readonly (readonly [value: number, expected: number])[]): number =>
  Math.max(...pairs.map(([value, expected]) => Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-280)));

test('each tail of the normal, gamma, beta, χ² and binomial distributions keeps twelve digits', () => {
  const gammas = reference.gamma.map(([a = 0, x = 0]) => incompleteGamma(a, x));
  const betas = reference.beta.map(([x = 0, a = 0, b = 0]) => incompleteBeta(x, a, b));
  const third = (rows: readonly (readonly number[])[], index: number): readonly number[] =>
    rows.map((row) => row[index] ?? Number.NaN);
  const paired = (values: readonly number[], expected: readonly number[]) =>
    values.map((value, index) => [value, expected[index] ?? Number.NaN] as const);
  const errors = {
    normal: worst(reference.normalUpper.map(([z = 0, upper = 0]) => [normalCdf(-z), upper])),
    logGamma: worst(reference.logGamma.map(([x = 0, value = 0]) => [logGamma(x), value])),
    gammaLower: worst(
      paired(
        gammas.map(({ lower }) => lower),
        third(reference.gamma, 2),
      ),
    ),
    gammaUpper: worst(
      paired(
        gammas.map(({ upper }) => upper),
        third(reference.gamma, 3),
      ),
    ),
    betaLower: worst(
      paired(
        betas.map(({ lower }) => lower),
        third(reference.beta, 3),
      ),
    ),
    betaUpper: worst(
      paired(
        betas.map(({ upper }) => upper),
        third(reference.beta, 4),
      ),
    ),
    betaQuantile: worst(reference.betaQuantile.map(([p = 0, a = 0, b = 0, x = 0]) => [betaQuantile(p, a, b), x])),
    chiSquare: worst(reference.chiSquareUpper.map(([x = 0, k = 0, upper = 0]) => [chiSquareUpperTail(x, k), upper])),
    probability: worst(reference.binomial.map(([k = 0, n = 0, p = 0, d = 0]) => [binomialProbability(k, n, p), d])),
    binomialCdf: worst(reference.binomial.map(([k = 0, n = 0, p = 0, , c = 0]) => [binomialCdf(k, n, p), c])),
    binomialTail: worst(reference.binomial.map(([k = 0, n = 0, p = 0, , , s = 0]) => [binomialTail(k, n, p), s])),
    clopperPearson: worst(
      reference.clopperPearson.flatMap(([k = 0, n = 0, c = 0, low = 0, high = 0]) => {
        const [from, to] = clopperPearsonInterval(k, n, c);
        return [[from, low] as const, [to, high] as const];
      }),
    ),
  };
  expect(Object.entries(errors).filter(([, error]) => !(error < 1e-12))).toEqual([]);
});

test('the one-sided lower bound is that of SciPy, and 0 without a success', () => {
  const bounds = reference.clopperPearsonLower.map(
    ([k = 0, n = 0, c = 0, low = 0]) => [clopperPearsonLowerBound(k, n, c), low] as const,
  );
  expect(worst(bounds)).toBeLessThan(1e-12);
  expect(clopperPearsonLowerBound(0, 10, 0.95)).toBe(0);
});

test('the lower bound lies above the true rate in at most one of twenty samples, and not in far fewer', () => {
  const [n, rate] = [500, 0.01];
  const missed = Array.from({ length: 50 }, (_, k) =>
    clopperPearsonLowerBound(k, n, 0.95) > rate ? binomialProbability(k, n, rate) : 0,
  ).reduce((total, mass) => total + mass, 0);
  expect(missed).toBeLessThanOrEqual(0.05);
  expect(missed).toBeGreaterThan(0.01);
});

test('binomial quantiles are those of SciPy', () => {
  for (const [q = 0, n = 0, p = 0, k = 0] of reference.binomialQuantile) expect(binomialQuantile(q, n, p)).toBe(k);
});

test('what lies outside the domain is NaN or certain', () => {
  expect(logGamma(0)).toBeNaN();
  expect(incompleteGamma(-1, 2)).toEqual({ lower: Number.NaN, upper: Number.NaN });
  expect(incompleteBeta(1.5, 1, 1)).toEqual({ lower: Number.NaN, upper: Number.NaN });
  expect(incompleteGamma(2, Number.POSITIVE_INFINITY)).toEqual({ lower: 1, upper: 0 });
  expect([incompleteBeta(0, 2, 3).lower, incompleteBeta(1, 2, 3).lower]).toEqual([0, 1]);
  expect([binomialCdf(-1, 5, 0.2), binomialCdf(5, 5, 0.2), binomialTail(0, 5, 0.2), binomialTail(6, 5, 0.2)]).toEqual([
    0, 1, 1, 0,
  ]);
  expect(chiSquareUpperTail(-1, 3)).toBe(1);
  expect(betaQuantile(1.2, 1, 1)).toBeNaN();
});

test('quantile and distribution undo each other; a tail and the rest make 1', () => {
  const shape = fc.double({ min: 1, max: 500, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), shape, shape, (p, a, b) => {
      const { lower, upper } = incompleteBeta(betaQuantile(p, a, b), a, b);
      expect(lower).toBeCloseTo(p, 9);
      expect(lower + upper).toBeCloseTo(1, 12);
    }),
  );
});

test.each([
  [40, 0.1],
  [40, 0.7],
  [5000, 0.3],
  [1_000_000, 0.02],
])('draws from Bin(%d, %d) have its mean, variance and quartiles', (n, p) => {
  const random = createRandom(21);
  const draws = Float64Array.from({ length: 20_000 }, () => drawBinomial(random, n, p)).sort();
  const mean = draws.reduce((sum, k) => sum + k, 0) / draws.length;
  const variance = draws.reduce((sum, k) => sum + (k - mean) ** 2, 0) / draws.length;
  const expected = n * p * (1 - p);
  expect(Math.abs(mean - n * p)).toBeLessThan(4 * Math.sqrt(expected / draws.length));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length) + 0.002);
  for (const share of [0.025, 0.25, 0.5, 0.75, 0.975]) {
    const k = draws[Math.floor(share * draws.length)] ?? Number.NaN;
    const band = 4 * Math.sqrt((share * (1 - share)) / draws.length);
    expect(binomialCdf(k, n, p)).toBeGreaterThan(share - band);
    expect(binomialCdf(k - 1, n, p)).toBeLessThan(share + band);
  }
});
