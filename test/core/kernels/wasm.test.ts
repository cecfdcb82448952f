import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { placementJob, resultOf, runJob } from '../../../lib/core/kernels/placement-job';
import { classSizes, placementsOf } from '../../../lib/core/kernels/placements';
import { drawPoissonCounts, replicateKey } from '../../../lib/core/kernels/poisson';
import { rankOrder } from '../../../lib/core/kernels/ranking';
import { instantiate, Layout } from '../../../lib/core/kernels/wasm';
import { createRandom, drawNormal } from '../../../lib/core/statistics';
import { compileKernels, KERNELS_FILE } from '../../../scripts/build-kernels';

/** Both implementations must agree to the bit; the simple one is tested against formulas elsewhere. */
function expectTwins(scores: Float64Array, labels: Uint8Array, codes: Uint16Array, count: number): void {
  const order = rankOrder(scores);
  const overall = { labels, count: 1 };
  const grouped = { labels, codes, count };
  const group = { name: 'g', names: Array.from({ length: count }, (_, code) => String(code)), codes };
  for (const groups of [[], [{ group, sizes: classSizes(grouped) }]]) {
    const job = placementJob(scores, labels, classSizes(overall), groups);
    if (job === undefined) throw new Error('it fits a memory');
    expect(runJob(job)).toBe(0);
    const found = resultOf(job);
    expect(Buffer.compare(Buffer.from(found.order), Buffer.from(order))).toBe(0);
    const expected = [
      placementsOf(order, overall, classSizes(overall)),
      placementsOf(order, grouped, classSizes(grouped)),
    ];
    for (const [index, placements] of [found.overall, ...found.groups].entries()) {
      const { doubled, stride, offset, wins } = placements;
      const rows = Array.from(scores, (_, row) => doubled[row * stride + offset]);
      expect(rows).toEqual([...(expected[index]?.doubled ?? [])]);
      expect([...wins]).toEqual([...(expected[index]?.wins ?? [])]);
    }
  }
}

const shapes: readonly (readonly [string, (x: number, row: number) => number])[] = [
  ['continuous', (x) => x],
  ['heavy ties', (x) => Math.round(4 * x) / 4],
  ['all equal', () => 0],
  ['an outlier', (x, row) => (row === 3 ? 1e9 : x)],
  ['hundreds of decades', (x) => Math.exp(130 * x)],
  ['denormals', (x) => Math.round(50 * x) * 5e-324],
  ['the whole range of doubles', (x) => Math.sign(x) * 1.7e308 * Math.min(1, Math.abs(x) / 3)],
  ['signed zeros', (x, row) => (row % 2 === 0 ? -0 : row % 3 === 0 ? 0 : x)],
  ['sorted downwards', (_, row) => -row],
];

test.each(shapes)('%s: compiled and plain kernels agree to the bit', (_, shape) => {
  const random = createRandom(1);
  for (const rows of [1, 2, 25, 4_000, 30_011]) {
    const scores = Float64Array.from({ length: rows }, (_each, row) => shape(drawNormal(random), row));
    const labels = Uint8Array.from(scores, () => (random() < 0.3 ? 1 : 0));
    expectTwins(
      scores,
      labels,
      Uint16Array.from(scores, () => Math.floor(9 * random() ** 3)),
      9,
    );
  }
});

test('small data of every kind agree', () => {
  const value = fc.oneof(
    fc.integer({ min: -2, max: 2 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(-0),
  );
  const row = fc.tuple(value, fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 2 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 70 }), (rows) => {
      const [scores, labels, codes] = [0, 1, 2].map((k) => rows.map((each) => each[k] ?? 0));
      expectTwins(Float64Array.from(scores ?? []), Uint8Array.from(labels ?? []), Uint16Array.from(codes ?? []), 3);
    }),
    { numRuns: 300 },
  );
});

test('the compiled sort refuses what is no finite number, and says where', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const scores = Float64Array.of(0.5, 0.1, bad, Number.NaN);
    const labels = Uint8Array.of(1, 0, 1, 0);
    const job = placementJob(scores, labels, classSizes({ labels, count: 1 }), []);
    expect(job && runJob(job)).toBe(3);
  }
});

test('compiled draws are the draws of each replicate', () => {
  for (const rows of [1, 2, 7, 1000, 4_097]) {
    const layout = new Layout();
    const [keys, weights] = [layout.take(64), layout.take(8 * rows + 16)];
    const memory = layout.memory();
    const all = Array.from({ length: 8 }, (_, replicate) => replicateKey(99, replicate));
    new Int32Array(memory.buffer, keys, 16).set([...all.map(([first]) => first), ...all.map(([, second]) => second)]);
    instantiate(memory).draw(keys, rows, weights);
    const drawn = new Uint8Array(memory.buffer, weights, 8 * rows);
    for (const [lane, key] of all.entries()) {
      const expected = new Uint8Array(rows);
      drawPoissonCounts(key, expected);
      expect(Array.from(expected, (_, row) => drawn[8 * row + lane])).toEqual([...expected]);
    }
  }
});

test('the compiled kernels are those of the sources', () => {
  expect(readFileSync(KERNELS_FILE, 'utf8')).toBe(compileKernels());
});
