import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compiledOrder } from '../../../lib/core/kernels/compiled-order';
import { areaCovariances } from '../../../lib/core/kernels/covariance';
import { runPhases } from '../../../lib/core/kernels/phases';
import { classSizes, type Placements, placementsOf } from '../../../lib/core/kernels/placements';
import { drawPoissonCounts, replicateKey } from '../../../lib/core/kernels/poisson';
import { type RankedColumn, rankRoom } from '../../../lib/core/kernels/rank-models';
import { rankOrder } from '../../../lib/core/kernels/ranking';
import { BinaryRoom } from '../../../lib/core/kernels/room';
import { instantiate, Layout } from '../../../lib/core/kernels/wasm';
import { createRandom, drawNormal } from '../../../lib/core/statistics';
import { compileKernels, KERNELS_FILE } from '../../../scripts/build-kernels';

interface Sample {
  readonly scores: readonly Float64Array[];
  readonly labels: Uint8Array;
  readonly codes: Uint16Array;
  readonly count: number;
}

/** Both models by the compiled kernels, overall and within two group columns: one that travels with the rows, one that does not. */
function ranked({ scores, labels, codes, count }: Sample, paired: boolean) {
  const other = codes.map((code) => count - 1 - code);
  const room = BinaryRoom.of({ rows: labels.length, models: scores.length, groups: [count, count], paired });
  if (room === undefined) throw new Error('it fits a memory');
  room.labels.set(labels);
  for (const [index, each] of [codes, other].entries()) room.codes[index]?.set(each);
  for (const [index, each] of scores.entries()) room.scores[index]?.set(each);
  const found = runPhases(room.memory, rankRoom(room, { threshold: 0.5, compareLosses: true }));
  if (found === undefined) throw new Error('scores are finite');
  return { found, columns: [undefined, codes, other] };
}

/** Whether arrays have the same bits. */
function expectSame(found: Uint32Array | undefined, wanted: Uint32Array | undefined): void {
  const [a, b] = [found, wanted].map((array = new Uint32Array()) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength),
  );
  if (a === undefined || b === undefined) throw new Error('two are compared');
  expect(Buffer.compare(a, b)).toBe(0);
}

/** Both implementations must agree to the bit; the simple one is tested against formulas elsewhere. */
function expectTwins(sample: Sample): void {
  const { scores, labels, count } = sample;
  for (const paired of [false, true]) {
    const { found, columns } = ranked(sample, paired);
    const classes = columns.map((codes) => (codes === undefined ? { labels, count: 1 } : { labels, codes, count }));
    const plain = scores.map((each) => classes.map((of) => placementsOf(rankOrder(each), of, classSizes(of))));
    for (const [model, { columns: own }] of found.models.entries()) {
      expect(own).toHaveLength(model === 0 || paired ? 3 : 1);
      for (const [index, column] of own.entries()) expectTwin(column, plain[model]?.[index], index === 0 || paired);
    }
    expect(found.covariances).toHaveLength(paired ? 3 : 1);
    for (const [index, covariances] of found.covariances.entries()) {
      const [of, a, b] = [classes[index], ...plain.map((model) => model[index])];
      if (of === undefined || a === undefined || b === undefined) throw new Error('there are two models');
      expectCloseTo(covariances, areaCovariances(a, b, of, classSizes(of)));
    }
  }
}

function expectTwin({ moments, doubled }: RankedColumn, twin: Placements | undefined, byRow: boolean): void {
  expect(moments.map(([, { sum }]) => sum)).toEqual([...(twin?.wins ?? [])]);
  expect(doubled !== undefined).toBe(byRow);
  if (doubled !== undefined) expectSame(doubled, twin?.doubled);
}

function expectCloseTo(found: Float64Array, wanted: Float64Array): void {
  expect(found).toHaveLength(wanted.length);
  for (const [index, value] of found.entries()) {
    const other = wanted[index] ?? Number.NaN;
    if (Number.isNaN(other)) expect(value).toBeNaN();
    else expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-11 * Math.abs(other) + 1e-17);
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
  for (const rows of [1, 25, 20_011]) {
    const drawn = Float64Array.from({ length: rows }, () => drawNormal(random));
    const scores = drawn.map(shape);
    const labels = Uint8Array.from(scores, () => (random() < 0.3 ? 1 : 0));
    const codes = Uint16Array.from(scores, () => Math.floor(9 * random() ** 3));
    // A champion is placed by its values, a challenger sorted.
    expectTwins({ scores: [scores, scores.map((score, row) => (row % 5 === 0 ? 1 : score))], labels, codes, count: 9 });
  }
});

test('small data of every kind agree', () => {
  const value = fc.oneof(
    fc.integer({ min: -2, max: 2 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(-0),
  );
  const row = fc.tuple(value, value, fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 2 }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 70 }), (rows) => {
      const [a = [], b = [], labels = [], codes = []] = [0, 1, 2, 3].map((k) => rows.map((each) => each[k] ?? 0));
      expectTwins({
        scores: [Float64Array.from(a), Float64Array.from(b)],
        labels: Uint8Array.from(labels),
        codes: Uint16Array.from(codes),
        count: 3,
      });
    }),
    { numRuns: 40 },
  );
});

test.each(shapes)('%s: the compiled order is the plain one', (_, shape) => {
  const random = createRandom(2);
  const scores = Float64Array.from({ length: 60_001 }, (_each, row) => shape(drawNormal(random), row));
  expectSame(compiledOrder(scores), rankOrder(scores));
});

test('crowds of nearly equal scores are told apart by all of their digits', () => {
  const random = createRandom(3);
  const rows = 60_000;
  // Far more digits than a key has beside a row's number, in ten crowds.
  const scores = Float64Array.from(
    { length: rows },
    () => Math.floor(10 * random()) + 1 + 2e-16 * Math.floor(40 * random()),
  );
  const spread = scores.map((score, row) => (row < 5 ? 1e-300 : score));
  expect(new Set(spread).size).toBeGreaterThan(20);
  expectSame(compiledOrder(spread), rankOrder(spread));
});

test('many groups, many values, and rows beyond a block', () => {
  const random = createRandom(6);
  const rows = 140_000;
  const scores = [0, 1].map((model) =>
    Float64Array.from({ length: rows }, () => Math.round(2e4 * (random() + model)) / 1e4),
  );
  const labels = Uint8Array.from({ length: rows }, () => (random() < 0.4 ? 1 : 0));
  const codes = Uint16Array.from({ length: rows }, () => Math.floor(3_000 * random()));
  expectTwins({ scores, labels, codes, count: 3_000 });
});

test('the compiled kernels refuse what is no finite number', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const row of [0, 2, 3]) {
      const room = BinaryRoom.of({ rows: 4, models: 1, groups: [], paired: false });
      if (room === undefined) throw new Error('it fits a memory');
      room.scores[0]?.set([0.5, 0.1, 0.2, 0.3].with(row, bad));
      expect(runPhases(room.memory, rankRoom(room, { threshold: 0.5, compareLosses: true }))).toBeUndefined();
    }
    expect(compiledOrder(new Float64Array(60_000).fill(bad, 17, 18))).toBeUndefined();
  }
});

test('what would not fit a memory has no room', () => {
  expect(BinaryRoom.of({ rows: 2 ** 28, models: 2, groups: [], paired: false })).toBeUndefined();
  expect(BinaryRoom.of({ rows: 0, models: 1, groups: [], paired: false })).toBeUndefined();
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
