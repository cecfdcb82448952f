import { countBins, quantileEdges } from '../../../lib/core/drift/edges';
import { ksBounds } from '../../../lib/core/drift/kolmogorov-smirnov';
import {
  homogeneity,
  jensenShannonDistance,
  largestDifference,
  leastExpected,
  populationStabilityIndex,
} from '../../../lib/core/drift/measures';
import { wasserstein } from '../../../lib/core/drift/wasserstein';
import { chiSquareUpperTail, holmAdjusted } from '../../../lib/core/statistics';
import { chiSquaredUpperQuantile } from '../../../lib/core/statistics/drift-chi-squared';
import {
  exactKsSurvival,
  kolmogorovSurvival,
  kolmogorovUpperQuantile,
} from '../../../lib/core/statistics/drift-kolmogorov';
import reference from './reference.json';
import { ladderOf } from './samples';

const close = (found: number, expected: number, relative = 1e-12): void => {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-12));
};

describe('distributions, beside SciPy', () => {
  test.each(reference.chiSquaredSurvival)('P(χ² ≥ %d) with %d degrees of freedom', (x = 0, dof = 1, p = 0) => {
    close(chiSquareUpperTail(x, dof), p, 1e-10);
    if (p > 1e-30 && p < 0.9999) close(chiSquaredUpperQuantile(p, dof), x, 1e-9);
  });
  test.each(reference.kolmogorovSurvival)('P(K ≥ %d)', (t = 0, p = 0) => {
    expect(Math.abs(kolmogorovSurvival(t) - p)).toBeLessThan(1e-13);
    if (p < 0.99) close(kolmogorovUpperQuantile(p), t, 1e-9);
  });
  test.each(reference.exactKs)('P(D ≥ $d) of $n and $m rows', ({ n, m, groups, d, p }) => {
    close(exactKsSurvival(d, n, m, groups), p, 1e-10);
    close(exactKsSurvival(d, m, n, groups), p, 1e-10);
  });
  test('arguments beside the distributions', () => {
    expect(kolmogorovSurvival(Number.NaN)).toBeNaN();
    expect(exactKsSurvival(0, 3, 4, [7])).toBe(1);
  });
});

test.each(reference.bins)('bins: $name', (expected) => {
  const [r, c] = [Float64Array.from(expected.reference), Float64Array.from(expected.current)];
  close(populationStabilityIndex(r, c), expected.psi);
  close(jensenShannonDistance(r, c), expected.jensenShannon, 1e-8);
  close(largestDifference(r, c), expected.largestDifference);
  const found = homogeneity(r, c);
  close(found.chiSquared, expected.chiSquared, 1e-11);
  close(found.cramersV, expected.cramersV, 1e-11);
  expect(found.degreesOfFreedom).toBe(expected.degreesOfFreedom);
  close(chiSquareUpperTail(found.chiSquared, found.degreesOfFreedom), expected.chiSquaredP, 1e-9);
  close(leastExpected(r, c), expected.leastExpected);
});

test.each(reference.numbers)('numbers: $name', (expected) => {
  const ladder = ladderOf(expected.reference, expected.current);
  const edges = quantileEdges(ladder, expected.bins);
  expect(edges).toHaveLength(expected.edges.length);
  for (const [i, edge] of edges.entries()) close(edge, expected.edges[i] ?? Number.NaN, 1e-14);
  const counts = countBins(ladder, edges);
  expect([...counts.reference]).toEqual(expected.referenceCounts);
  expect([...counts.current]).toEqual(expected.currentCounts);
  close(populationStabilityIndex(counts.reference, counts.current), expected.psi);
  const { lower, upper, candidates } = ksBounds(ladder);
  expect([lower, candidates]).toEqual([upper, []]);
  close(lower, expected.ks);
  const distance = wasserstein(ladder);
  close(distance?.distance ?? Number.NaN, expected.wasserstein, 1e-11);
  close(distance?.deviation ?? Number.NaN, expected.deviation, 1e-11);
  expect(distance?.resolution).toBe(0);
});

test.each(reference.holm)('Holm: $p', ({ p, adjusted }) => {
  for (const [i, value] of holmAdjusted(p).entries()) close(value, adjusted[i] ?? Number.NaN);
});
