import { drawPoissonCounts, POISSON_CELLS, replicateKey } from '../../../lib/core/kernels/poisson';
import { rankOrder } from '../../../lib/core/kernels/ranking';
import { packOrder, weightedWins } from '../../../lib/core/kernels/weighted-area';
import {
  AUC_BOOTSTRAP,
  areasOf,
  aucBootstrap,
  createRandom,
  drawNormal,
  pairedBootstrap,
} from '../../../lib/core/statistics';
import { createResampler } from '../../../lib/core/statistics/resampling';

/** Two models that look at the same signal with noise of their own; `ties` rounds. */
function sample(positives: number, negatives: number, shift: number, seed: number, ties = false) {
  const random = createRandom(seed);
  const rows = positives + negatives;
  const labels = Float64Array.from({ length: rows }, (_, row) => (row < positives ? 1 : 0));
  const signal = labels.map((label) => shift * label + drawNormal(random));
  const model = (noise: number) =>
    signal.map((x) => {
      const score = x + noise * drawNormal(random);
      return ties ? Math.round(2 * score) / 2 : score;
    });
  return { labels, scores: model(0.5), champion: model(0.5) };
}

/** By its definition: every pair of a positive and a negative. */
function weightedAuc(labels: Float64Array, scores: Float64Array, weights: ArrayLike<number>): number {
  let [wins, pairs] = [0, 0];
  for (let i = 0; i < labels.length; i += 1) {
    for (let j = 0; j < labels.length; j += 1) {
      if (labels[i] !== 1 || labels[j] !== 0) continue;
      const weight = (weights[i] ?? 0) * (weights[j] ?? 0);
      const [a, b] = [scores[i] ?? 0, scores[j] ?? 0];
      pairs += weight;
      wins += weight * (a > b ? 1 : a === b ? 0.5 : 0);
    }
  }
  return wins / pairs;
}

test.each([false, true])('replicates are those of the general engine with the same seed; ties: %s', (ties) => {
  const { labels, scores, champion } = sample(30, 50, 1, 1, ties);
  const options = { replicates: 60, seed: 5 };
  const general = pairedBootstrap({
    rows: 80,
    strata: labels,
    ...options,
    statistic: (weights) => {
      const [a, b] = [scores, champion].map((model) => weightedAuc(labels, model, weights));
      return [a ?? 0, b ?? 0, (a ?? 0) - (b ?? 0)];
    },
  });
  const fast = aucBootstrap({ labels, scores, champion, ...options });
  for (const index of Object.values(AUC_BOOTSTRAP)) {
    expect(fast?.estimates[index]).toBeCloseTo(general.estimates[index] ?? Number.NaN, 13);
    const expected = [...(general.replicates[index] ?? [])].map((value) => expect.closeTo(value, 13));
    expect([...(fast?.replicates[index] ?? [])]).toEqual(expected);
    // Influence from components against the jackknife: the same up to terms of order 1/n.
    const [low, high] = general.bca(index, 0.9) ?? [];
    const [fastLow, fastHigh] = fast?.bca(index, 0.9) ?? [];
    expect(fastLow).toBeCloseTo(low ?? Number.NaN, 2);
    expect(fastHigh).toBeCloseTo(high ?? Number.NaN, 2);
  }
});

test('the spread of the replicates is the error that DeLong tells, for large and lopsided data', () => {
  for (const [m, n, ties] of [
    [400, 900, true],
    [11_000, 15_000, false],
    [60, 12_000, true],
  ] as const) {
    const rows = sample(m, n, 0.8, m + n, ties);
    const areas = areasOf(rows);
    if (areas?.champion === undefined) throw new Error('there are two models');
    const spread = areas.challenger.variance + areas.champion.variance - 2 * areas.covariance;
    const found =
      aucBootstrap({ ...rows, replicates: 400 })?.replicates[AUC_BOOTSTRAP.difference] ?? new Float64Array();
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    const variance = found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (found.length - 1);
    // The standard deviation of 400 draws has a relative error of 1/√800; four of them.
    expect(Math.abs(Math.sqrt(variance / spread) - 1)).toBeLessThan(4 / Math.sqrt(800));
  }
});

test('rows of a cluster are drawn together: copies of rows widen nothing', () => {
  const { labels, scores, champion } = sample(150, 250, 0.8, 9);
  const copies = 4;
  const repeat = (values: Float64Array) =>
    Float64Array.from({ length: copies * values.length }, (_, i) => values[Math.floor(i / copies)] ?? 0);
  const clusters = Int32Array.from({ length: copies * labels.length }, (_, i) => Math.floor(i / copies));
  const widths = [
    aucBootstrap({ labels, scores, champion, replicates: 800 }),
    aucBootstrap({
      labels: repeat(labels),
      scores: repeat(scores),
      champion: repeat(champion),
      clusters,
      replicates: 800,
    }),
    aucBootstrap({ labels: repeat(labels), scores: repeat(scores), champion: repeat(champion), replicates: 800 }),
  ].map((found) => {
    const [low = 0, high = 0] = found?.percentile(AUC_BOOTSTRAP.difference, 0.9) ?? [];
    return high - low;
  });
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeGreaterThan(0.85);
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeLessThan(1.18);
  // Taken for independent, the copies would halve the interval.
  expect((widths[2] ?? 0) / (widths[0] ?? 1)).toBeLessThan(0.6);
});

test('one class alone has no area; one model has no difference', () => {
  expect(aucBootstrap({ labels: Float64Array.of(1, 1), scores: Float64Array.of(1, 2) })).toBeNull();
  const { labels, scores } = sample(20, 20, 1, 3);
  expect(aucBootstrap({ labels, scores, replicates: 10 })?.estimates).toHaveLength(1);
});

test('Poisson counts: frequencies, mean, variance, and no likeness between replicates or neighbours', () => {
  expect(POISSON_CELLS.reduce((a, b) => a + b)).toBe(65_536);
  expect(POISSON_CELLS.reduce((sum, cells, count) => sum + cells * count, 0)).toBe(65_536);
  const units = 200_001;
  const draws = [0, 1, 2].map((replicate) => {
    const counts = new Uint8Array(units);
    drawPoissonCounts(replicateKey(7, replicate), counts);
    return counts;
  });
  const [first, second, third] = draws as [Uint8Array, Uint8Array, Uint8Array];
  const chi = POISSON_CELLS.slice(0, 7).reduce((sum, cells, count) => {
    const expected = (cells / 65_536) * units;
    return sum + (first.filter((found) => found === count).length - expected) ** 2 / expected;
  }, 0);
  expect(chi).toBeLessThan(25);
  const correlation = (a: Uint8Array, b: Uint8Array, lag = 0) => {
    let sum = 0;
    for (let i = 0; i < units - lag; i += 1) sum += ((a[i] ?? 0) - 1) * ((b[i + lag] ?? 0) - 1);
    return Math.abs(sum / units);
  };
  const pairs = [
    correlation(first, second),
    correlation(second, third),
    ...[1, 2, 3].map((lag) => correlation(first, first, lag)),
  ];
  for (const found of pairs) expect(found).toBeLessThan(4.5 / Math.sqrt(units));
});

test('resampling: strata keep their size, replicates do not depend on what was drawn before', () => {
  const strata = Float64Array.of(2, 1, 1, 2, 2, 1, 1);
  const draw = createResampler({ rows: 7, strata, seed: 1 });
  const [a, b] = [new Float64Array(7), new Float64Array(7)];
  for (let replicate = 0; replicate < 50; replicate += 1) {
    draw(replicate, a);
    expect(a.reduce((sum, weight, row) => sum + (strata[row] === 2 ? weight : 0), 0)).toBe(3);
    expect(a.reduce((sum, weight) => sum + weight, 0)).toBe(7);
  }
  draw(13, a);
  createResampler({ rows: 7, strata, seed: 1 })(13, b);
  expect(a).toEqual(b);
  const split = { rows: 3, strata: [0, 1, 1], clusters: Int32Array.of(0, 0, 1), seed: 1 };
  expect(() => createResampler(split)).toThrow('cluster 0 lies in the strata 0 and 1');
});

test('compiled replicates are the same numbers as plain ones', () => {
  for (const ties of [false, true]) {
    const rows = sample(10_000, 10_500, 0.5, 21, ties);
    const found = aucBootstrap({ ...rows, replicates: 11, seed: 77 });
    const bytes = Uint8Array.from(rows.labels);
    const weights = new Uint8Array(bytes.length);
    const areas = Array.from({ length: 11 }, (_, replicate) => {
      drawPoissonCounts(replicateKey(77, replicate), weights);
      const { wins, positives, negatives } = weightedWins(packOrder(rankOrder(rows.champion), bytes), weights);
      return wins / (2 * positives * negatives);
    });
    expect([...(found?.replicates[AUC_BOOTSTRAP.champion] ?? [])]).toEqual(areas.sort((a, b) => a - b));
  }
});
