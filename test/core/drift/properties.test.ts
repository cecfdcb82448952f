import fc from 'fast-check';
import { countBins, quantileEdges } from '../../../lib/core/drift/edges';
import { apartness, gather } from '../../../lib/core/drift/groups';
import { ksBounds } from '../../../lib/core/drift/kolmogorov-smirnov';
import { jensenShannonDistance, largestDifference, populationStabilityIndex } from '../../../lib/core/drift/measures';
import { wasserstein } from '../../../lib/core/drift/wasserstein';
import { createRandom } from '../../../lib/core/statistics';
import { drawHypergeometric } from '../../../lib/core/statistics/drift-permutation';
import { cellsOf, integers, ladderOf, naiveKs } from './samples';

const counts = fc
  .array(fc.nat(500), { minLength: 2, maxLength: 12 })
  .filter((list) => list.some((count) => count > 0))
  .map((list) => Float64Array.from(list));
const numbers = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -5, max: 5, noNaN: true })), {
  minLength: 1,
  maxLength: 40,
});

test('PSI, Jensen–Shannon and L∞ of a sample with itself are 0, and none depends on which is the reference', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const other = Float64Array.from(a, (_, i) => b[i] ?? 0);
      for (const measure of [populationStabilityIndex, jensenShannonDistance, largestDifference]) {
        expect(measure(a, a)).toBe(0);
        const [found, turned] = [measure(a, other), measure(other, a)];
        if (Number.isNaN(found)) expect(turned).toBeNaN();
        else expect(Math.abs(found - turned)).toBeLessThan(1e-12);
        expect(found < 0).toBe(false);
      }
    }),
  );
});

test('NaN is refused where it would have no place in the order', () => {
  expect(() => ladderOf([1, Number.NaN], [2])).toThrow('NaN is counted as missing');
});

test('twice the rows give the same PSI', () => {
  const [a, b] = [Float64Array.of(30, 50, 20), Float64Array.of(25, 60, 40)];
  const double = (list: Float64Array) => list.map((count) => 2 * count);
  expect(populationStabilityIndex(double(a), double(b))).toBeCloseTo(populationStabilityIndex(a, b), 14);
});

test('D of all values is that of its definition; bounds of cells hold it', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 1, max: 30 }), (a, b, cells) => {
      const exact = naiveKs(a, b);
      expect(Math.abs(ksBounds(ladderOf(a, b)).lower - exact)).toBeLessThan(1e-12);
      const { lower, upper } = ksBounds(cellsOf(a, b, cells));
      expect(lower).toBeLessThanOrEqual(exact + 1e-12);
      expect(upper).toBeGreaterThanOrEqual(exact - 1e-12);
    }),
  );
});

test('bins between quantile edges hold reference rows, and rows are counted once', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 2, max: 12 }), (a, b, bins) => {
      const ladder = ladderOf(a, b);
      const edges = quantileEdges(ladder, bins);
      const counted = countBins(ladder, edges);
      expect(edges).toEqual([...new Set(edges)].sort((x, y) => x - y));
      expect(counted.reference.reduce((sum, count) => sum + count, 0)).toBe(a.length);
      expect(counted.current.reduce((sum, count) => sum + count, 0)).toBe(b.length);
      const distinct = new Set(a).size;
      if (distinct === 1) expect([...counted.reference]).toEqual([0, a.length, 0]);
      else expect([counted.reference[0] ?? 0, counted.reference.at(-1) ?? 0].every((count) => count > 0)).toBe(true);
      if (distinct === a.length && distinct > bins) expect(Math.min(...counted.reference)).toBeGreaterThan(0);
    }),
  );
});

test('a constant reference tells what lies below, at and above it', () => {
  const ladder = ladderOf([3, 3, 3], [2, 3, 4, 4]);
  const counted = countBins(ladder, quantileEdges(ladder, 10));
  expect([[...counted.reference], [...counted.current]]).toEqual([
    [0, 3, 0],
    [1, 1, 2],
  ]);
});

test('Wasserstein is the shift of a shifted sample, and within the resolution of cells', () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 30 }), (a, shift, cells) => {
      const b = a.map((value) => value + shift);
      expect(wasserstein(ladderOf(a, b))?.distance).toBeCloseTo(Math.abs(shift), 10);
      const inCells = wasserstein(cellsOf(a, b, cells));
      expect(Math.abs((inCells?.distance ?? NaN) - Math.abs(shift))).toBeLessThanOrEqual(
        (inCells?.resolution ?? 0) + 1e-9,
      );
    }),
  );
});

test('groups of neighbouring values keep distance and area to their width', () => {
  const random = createRandom(5);
  const [a, b] = [integers(random, 4000, 3000), integers(random, 3000, 3100)];
  const ladder = ladderOf(a, b);
  const groups = gather(ladder, 256);
  expect(groups.exact).toBe(false);
  expect(groups.at.length).toBeLessThanOrEqual(257);
  const { gap, area } = apartness(groups)(groups.current);
  expect(area).toBeCloseTo(wasserstein(ladder)?.distance ?? NaN, -0.5);
  expect(Math.abs(gap - ksBounds(ladder).lower)).toBeLessThan(0.01);
});

test.each([
  [50, 20, 10],
  [40_000, 15_000, 9_000],
  [7, 7, 3],
  [30, 5, 12],
  [90, 1, 89],
])(
  'draws from %d rows, %d of them marked, %d taken, have the hypergeometric mean and variance',
  (total, marked, drawn) => {
    const random = createRandom(6);
    const runs = 20_000;
    let [sum, squares] = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const value = drawHypergeometric(random, total, marked, drawn);
      sum += value;
      squares += value * value;
    }
    const mean = (drawn * marked) / total;
    const variance = (mean * (1 - marked / total) * (total - drawn)) / (total - 1);
    expect(Math.abs(sum / runs - mean)).toBeLessThanOrEqual(4 * Math.sqrt(variance / runs));
    expect(Math.abs(squares / runs - (sum / runs) ** 2 - variance)).toBeLessThanOrEqual(0.05 * variance);
  },
);
