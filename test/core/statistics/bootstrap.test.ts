import {
  AUC_BOOTSTRAP,
  acceleration,
  areasOf,
  aucBootstrap,
  bcaInterval,
  compareAreas,
  createRandom,
  drawNormal,
  type Interval,
  pairedBootstrap,
} from '../../../lib/core/statistics';
import reference from './bootstrap-reference.json';

/** Values of scripts/reference/bootstrap.py: SciPy. */

const meanOf = (values: readonly number[], weights: Float64Array, offset = 0): number => {
  let [sum, total] = [0, 0];
  for (const [index, value] of values.entries()) {
    const weight = weights[offset + index] ?? Number.NaN;
    sum += weight * value;
    total += weight;
  }
  return sum / total;
};

function expectNear(found: Interval | null | undefined, expected: readonly number[], standardError: number): void {
  // The 5 % quantile of 20,000 draws has a standard error of 0.015 se, the correction of bias about as much.
  for (const [index, bound] of expected.entries()) {
    expect(Math.abs((found?.[index] ?? Number.NaN) - bound)).toBeLessThan(0.12 * standardError);
  }
}

const replicates = 20_000;

test.each(['mean', 'ratio'] as const)('%s: percentile and BCa intervals as SciPy has them', (name) => {
  const { samples, confidence, percentile, BCa, standardError } = reference[name];
  const [first = [], second] = samples;
  const strata = Uint8Array.from([...first.map(() => 0), ...(second ?? []).map(() => 1)]);
  const found = pairedBootstrap({
    rows: strata.length,
    strata,
    replicates,
    statistic: (weights) => [
      second === undefined ? meanOf(first, weights) : meanOf(first, weights) / meanOf(second, weights, first.length),
    ],
  });
  expectNear(found.percentile(0, confidence), percentile, standardError);
  expectNear(found.bca(0, confidence), BCa, standardError);
});

test('area: percentile and BCa intervals as SciPy has them, acceleration from components', () => {
  const { samples, confidence, percentile, BCa, standardError } = reference.area;
  const [positives = [], negatives = []] = samples;
  const labels = Float64Array.from([...positives.map(() => 1), ...negatives.map(() => 0)]);
  const found = aucBootstrap({ labels, scores: Float64Array.from([...positives, ...negatives]), replicates });
  expectNear(found?.percentile(0, confidence), percentile, standardError);
  expectNear(found?.bca(0, confidence), BCa, standardError);
});

test('more than 200 units are left out in blocks, which tell the same acceleration', () => {
  const random = createRandom(4);
  const values = Array.from({ length: 1_000 }, () => Math.exp(drawNormal(random)));
  const found = pairedBootstrap({ rows: 1_000, replicates: 3_000, statistic: (weights) => [meanOf(values, weights)] });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const exact = acceleration([Float64Array.from(values, (value) => value - mean)]);
  const expected = bcaInterval(found.replicates[0] ?? new Float64Array(), mean, exact, 0.95);
  const width = (expected?.[1] ?? 0) - (expected?.[0] ?? 0);
  for (const side of [0, 1] as const) {
    expect(Math.abs((found.bca(0, 0.95)?.[side] ?? Number.NaN) - (expected?.[side] ?? 0))).toBeLessThan(0.02 * width);
  }
});

test('what is undefined in a resample has no interval; a constant has one of no width', () => {
  const undefinedAtTimes = pairedBootstrap({
    rows: 3,
    replicates: 50,
    statistic: ([first]) => [first === 0 ? Number.NaN : 1, 7],
  });
  expect([undefinedAtTimes.percentile(0, 0.9), undefinedAtTimes.bca(0, 0.9)]).toEqual([null, null]);
  expect([undefinedAtTimes.percentile(1, 0.9), undefinedAtTimes.bca(1, 0.9)]).toEqual([
    [7, 7],
    [7, 7],
  ]);
  // An estimate that no replicate reaches leaves its bias unknown.
  expect(bcaInterval(Float64Array.of(1, 2, 3), 0, 0, 0.9)).toBeNull();
});

test('coverage: the mean of skewed data lies in the 90 % intervals as often as they say', () => {
  const random = createRandom(31);
  const runs = 300;
  let [byPercentile, byBca] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const values = Array.from({ length: 50 }, () => drawNormal(random) ** 2);
    const found = pairedBootstrap({
      rows: 50,
      replicates: 400,
      seed: run,
      statistic: (weights) => [meanOf(values, weights)],
    });
    const holds = (interval: Interval | null) => interval !== null && interval[0] <= 1 && 1 <= interval[1];
    byPercentile += holds(found.percentile(0, 0.9)) ? 1 : 0;
    byBca += holds(found.bca(0, 0.9)) ? 1 : 0;
  }
  // χ² with one degree of freedom is as skewed as data comes: both fall short at n = 50 by a few percent.
  for (const held of [byPercentile, byBca]) {
    expect(held / runs).toBeGreaterThan(0.82);
    expect(held / runs).toBeLessThan(0.945);
  }
});

/** Two models of equal quality on shared signal, or on rows of their own. */
function equalModels(positives: number, negatives: number, random: () => number, ties: boolean) {
  const labels = Float64Array.from({ length: positives + negatives }, (_, row) => (row < positives ? 1 : 0));
  const signal = labels.map((label) => 0.9 * label + drawNormal(random));
  const model = () =>
    signal.map((x) => {
      const score = x + 0.6 * drawNormal(random);
      return ties ? Math.round(1.5 * score) : score;
    });
  return { labels, scores: model(), champion: model() };
}

test.each([
  [40, 110, false],
  [90, 60, true],
] as const)('null calibration: %i positives, %i negatives, ties %s', (positives, negatives, ties) => {
  const random = createRandom(positives);
  const runs = 1_000;
  let paired = 0;
  for (let run = 0; run < runs; run += 1) {
    const areas = areasOf(equalModels(positives, negatives, random, ties));
    if (areas?.champion === undefined) throw new Error('both classes are there');
    paired += (compareAreas(areas, 0.95).pValue ?? 1) < 0.05 ? 1 : 0;
  }
  // Four standard errors of a share of 5 % among 1,000, and a little for the normal limit at these sizes.
  const allowed = 4 * Math.sqrt((0.05 * 0.95) / runs) + 0.005;
  expect(Math.abs(paired / runs - 0.05)).toBeLessThan(allowed);
});

test('null calibration of the paired bootstrap: 0 lies outside the 95 % interval of the difference about 5 % of the time', () => {
  const random = createRandom(77);
  const runs = 300;
  let [percentile, bca] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const found = aucBootstrap({ ...equalModels(50, 80, random, run % 2 === 0), replicates: 300, seed: run });
    const excludes = (interval: Interval | null | undefined) =>
      interval != null && (interval[0] > 0 || interval[1] < 0);
    percentile += excludes(found?.percentile(AUC_BOOTSTRAP.difference, 0.95)) ? 1 : 0;
    bca += excludes(found?.bca(AUC_BOOTSTRAP.difference, 0.95)) ? 1 : 0;
  }
  const allowed = 4 * Math.sqrt((0.05 * 0.95) / runs) + 0.01;
  expect(Math.abs(percentile / runs - 0.05)).toBeLessThan(allowed);
  expect(Math.abs(bca / runs - 0.05)).toBeLessThan(allowed);
});
