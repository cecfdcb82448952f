import { chiSquareUpperTail, createRandom } from '../../../lib/core/statistics';
import { aliasOfBinomial, drawAlias } from '../../../lib/core/statistics/drift-alias';
import { divisionOf } from '../../../lib/core/statistics/drift-division';
import { drawInTurn } from '../../../lib/core/statistics/drift-permutation';

const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
const total = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, count) => sum + count, 0);

test.each([
  ['two samples of equal size', [5, 3, 4], 6],
  ['a small sample, one bin empty', [6, 0, 2, 9], 2],
  ['nearly all rows', [3, 1, 5], 8],
])('divisions come up as often as there are ways to them: %s', (_, pooled, size) => {
  const divide = divisionOf(Float64Array.from(pooled), size);
  const random = createRandom(31);
  const runs = 30_000;
  const seen = new Map<string, number>();
  const into = new Float64Array(pooled.length);
  for (let run = 0; run < runs; run += 1) {
    divide(random, into);
    seen.set(into.join(), (seen.get(into.join()) ?? 0) + 1);
  }
  const ways = choose(total(pooled), size);
  let [chiSquared, probability] = [0, 0];
  for (const [counts, found] of seen) {
    const share = counts.split(',').reduce((product, k, i) => product * choose(pooled[i] ?? 0, Number(k)), 1 / ways);
    chiSquared += (found - runs * share) ** 2 / (runs * share);
    probability += share;
  }
  expect(probability).toBeCloseTo(1, 2);
  expect(chiSquareUpperTail(chiSquared, seen.size - 1)).toBeGreaterThan(0.001);
});

const LARGE: Readonly<Record<string, { readonly pooled: readonly number[]; readonly size: number }>> = {
  'by marking': { pooled: [300, 2000, 7, 90, 1000], size: 1400 },
  'as normals': { pooled: [70_000, 500_000, 30_000, 90_000], size: 200_000 },
  'in turn': { pooled: [70_000, 500_000, 3, 90_000], size: 200_000 },
};

/** Means and products of the standardised counts over many divisions. */
function moments(pooled: readonly number[], size: number, runs: number) {
  const n = total(pooled);
  const divide = divisionOf(Float64Array.from(pooled), size);
  const random = createRandom(32);
  const into = new Float64Array(pooled.length);
  const scale = pooled.map((count) => Math.sqrt((size * (n - size) * count * (1 - count / n)) / (n * (n - 1))));
  const means = pooled.map(() => 0);
  const products = pooled.map(() => pooled.map(() => 0));
  let off = 0;
  for (let run = 0; run < runs; run += 1) {
    divide(random, into);
    off = Math.max(off, Math.abs(total(into) - size));
    const z = Array.from(into, (drawn, i) => (drawn - ((pooled[i] ?? 0) * size) / n) / (scale[i] ?? 1));
    for (const [i, a] of z.entries()) means[i] = (means[i] ?? 0) + a / runs;
    for (const [i, row] of products.entries()) {
      for (const [j, b] of z.entries()) row[j] = (row[j] ?? 0) + ((z[i] ?? 0) * b) / runs;
    }
  }
  return { off, means, products };
}

test.each(Object.entries(LARGE))(
  'divisions drawn %s have the size, the means and the covariances of random divisions',
  (_, { pooled, size }) => {
    const runs = 20_000;
    const n = total(pooled);
    const { off, means, products } = moments(pooled, size, runs);
    expect(off).toBeLessThan(1e-6);
    // Four standard errors.
    for (const mean of means) expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(runs));
    for (const [i, a] of pooled.entries()) {
      for (const [j, b] of pooled.entries()) {
        const correlation = i === j ? 1 : -Math.sqrt((a * b) / ((n - a) * (n - b)));
        expect(Math.abs((products[i]?.[j] ?? 0) - correlation)).toBeLessThan(4 * Math.sqrt(2 / runs) + 0.005);
      }
    }
  },
);

test('bin after bin and by marking are one distribution', () => {
  const pooled = Float64Array.of(40, 25, 60, 8);
  const ecdf = (draw: (into: Float64Array) => void) => {
    const into = new Float64Array(4);
    const seen = new Float64Array(41);
    for (let run = 0; run < 20_000; run += 1) {
      draw(into);
      seen[into[0] ?? 0] = (seen[into[0] ?? 0] ?? 0) + 1 / 20_000;
    }
    return seen;
  };
  const [one, other] = [createRandom(33), createRandom(34)];
  const divide = divisionOf(pooled, 50);
  const [a, b] = [ecdf((into) => divide(one, into)), ecdf((into) => drawInTurn(other, pooled, 50, into))];
  for (const [k, share] of a.entries()) expect(Math.abs(share - (b[k] ?? 0))).toBeLessThan(0.02);
});

test.each([
  [12, 0.3],
  [400, 0.5],
  [5, 0.999],
  [0, 0.5],
  [7, 1],
])('binomial draws of %d rows, each with %d, have its probabilities', (n, p) => {
  const alias = aliasOfBinomial(n, p);
  const chance = (k: number) => choose(n, k) * p ** k * (1 - p) ** (n - k);
  const length = alias.keep.length;
  const found = new Float64Array(n + 1);
  for (let i = 0; i < length; i += 1) {
    const keep = Math.min(1, alias.keep[i] ?? 0);
    found[alias.low + i] = (found[alias.low + i] ?? 0) + keep / length;
    const instead = alias.low + (alias.instead[i] ?? 0);
    found[instead] = (found[instead] ?? 0) + (1 - keep) / length;
  }
  for (let k = 0; k <= n; k += 1) expect(Math.abs((found[k] ?? 0) - chance(k))).toBeLessThan(1e-13);
  expect(drawAlias(createRandom(1), alias)).toBeLessThanOrEqual(n);
});
