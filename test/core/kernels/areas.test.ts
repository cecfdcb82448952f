import fc from 'fast-check';
import {
  areasByGroup,
  areasOf,
  areasOfSome,
  compareAreas,
  createRandom,
  drawNormal,
} from '../../../lib/core/statistics';
import { aucCovariance, rocArea } from '../../support/components';

/** The fast kernels against the simple implementation, which sorts with a comparison and keeps components as shares. */
function simple(labels: Float64Array, ...models: Float64Array[]) {
  const [a, b = a] = models.map((scores) =>
    rocArea({
      positives: scores.filter((_, row) => labels[row] === 1),
      negatives: scores.filter((_, row) => labels[row] === 0),
    }),
  );
  if (a === undefined || b === undefined) throw new Error('a model is needed');
  return { auc: [a.auc, b.auc], covariance: [aucCovariance(a, a), aucCovariance(a, b), aucCovariance(b, b)] };
}

function expectSame(labels: Float64Array, a: Float64Array, b: Float64Array): void {
  const found = areasOf({ labels, scores: a, champion: b });
  if (found?.champion === undefined) throw new Error('both classes are there');
  const expected = simple(labels, a, b);
  expect([found.challenger.auc, found.champion.auc]).toEqual(expected.auc.map((auc) => expect.closeTo(auc, 12)));
  const covariances = [found.challenger.variance, found.covariance, found.champion.variance];
  for (const [index, value] of covariances.entries()) {
    const wanted = expected.covariance[index] ?? Number.NaN;
    if (Number.isNaN(wanted)) expect(value).toBeNaN();
    else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-11 * Math.abs(wanted) + 1e-16);
  }
}

const normals = (rows: number, seed: number): Float64Array => {
  const random = createRandom(seed);
  return Float64Array.from({ length: rows }, () => drawNormal(random));
};

/** Labels that depend on the scores, so that areas are not all one half. */
const labelled = (scores: Float64Array, cut: number, seed: number): Float64Array => {
  const random = createRandom(seed);
  return scores.map((score) => (score + 2 * drawNormal(random) > cut ? 1 : 0));
};

const shapes: readonly (readonly [string, (x: number, row: number) => number])[] = [
  ['continuous', (x) => x],
  ['rounded, heavy ties', (x) => Math.round(10 * x) / 10],
  ['two values', (x) => (x > 0 ? 1 : 0)],
  ['all equal', () => 0.25],
  ['one outlier that squeezes all others into one cell', (x, row) => (row === 17 ? 1e12 : x)],
  ['exponentials over hundreds of decades', (x) => Math.exp(130 * x)],
  ['denormals', (x) => Math.round(1000 * x) * 5e-324],
  ['the whole range of doubles', (x) => Math.sign(x) * 1.7e308 * Math.min(1, Math.abs(x) / 3)],
  ['signed zeros among others', (x, row) => (row % 3 === 0 ? -0 : row % 3 === 1 ? 0 : x)],
  ['integers far from zero', (x) => 9e15 + Math.round(1000 * x)],
  ['already sorted', (_, row) => row],
  ['sorted downwards', (_, row) => -row],
];

test.each(shapes)('%s: as the simple implementation', (_, shape) => {
  for (const rows of [2_000, 20_011]) {
    const base = normals(rows, rows);
    const other = normals(rows, rows + 1).map((noise, row) => (base[row] ?? 0) + noise);
    expectSame(
      labelled(base, 1, 5),
      base.map(shape),
      other.map((x) => Math.round(x * 100) / 100),
    );
  }
});

test('small and lopsided data, with ties, of every kind', () => {
  const value = fc.oneof(
    fc.integer({ min: -2, max: 2 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(-0, 0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE),
  );
  const row = fc.tuple(fc.integer({ min: 0, max: 1 }), value, value);
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 60 }), (drawn) => {
      const [labels, a, b] = [0, 1, 2].map((k) => Float64Array.from(drawn, (each) => each[k] ?? 0));
      if (labels === undefined || a === undefined || b === undefined) throw new Error('three columns are drawn');
      const positives = labels.filter((label) => label === 1).length;
      if (positives === 0 || positives === labels.length) {
        expect(areasOf({ labels, scores: a, champion: b })).toBeNull();
      } else expectSame(labels, a, b);
    }),
    { numRuns: 400 },
  );
});

test('groups are ranked among their own rows; chosen rows alone', () => {
  const rows = 9_000;
  const [a, random] = [normals(rows, 3).map((x) => Math.round(50 * x) / 50), createRandom(4)];
  const b = normals(rows, 5).map((noise, row) => (a[row] ?? 0) + noise);
  const codes = Uint16Array.from({ length: rows }, () => Math.floor(7 * random() ** 2));
  // Group 6 has positives alone.
  const labels = labelled(a, 0.5, 6).map((label, row) => (codes[row] === 6 ? 1 : label));
  const group = { name: 'g', names: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'nobody'], codes };
  const found = areasByGroup({ labels, scores: a, champion: b }, group);
  expect(found).toHaveLength(8);
  for (const [code, areas] of found.entries()) {
    const chosen = Uint32Array.from([...codes.keys()].filter((row) => codes[row] === code));
    const alone = areasOfSome({ labels, scores: a, champion: b }, chosen);
    expect(areas?.challenger.auc).toBe(alone?.challenger.auc);
    if (code >= 6) expect(areas).toBeNull();
    else {
      const take = (values: Float64Array) => Float64Array.from(chosen, (row) => values[row] ?? Number.NaN);
      expectSame(take(labels), take(a), take(b));
    }
  }
});

test('a score that is no number is named; one class alone has no area; one row of a class no variance', () => {
  const labels = Float64Array.of(1, 0, 1);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const scores = Float64Array.of(0.1, bad, 0.3);
    expect(() => areasOf({ labels, scores })).toThrow(`row 1: a score is a finite number; got ${bad}`);
  }
  expect(areasOf({ labels: Float64Array.of(1, 1), scores: Float64Array.of(1, 2) })).toBeNull();
  expect(areasOf({ labels: Float64Array.of(), scores: Float64Array.of() })).toBeNull();
  const single = areasOf({ labels, scores: Float64Array.of(0.1, 0.2, 0.3) });
  expect(single).toEqual({ challenger: { auc: 0.5, positives: 2, negatives: 1, variance: Number.NaN } });
  expect(() => areasOf({ labels, scores: Float64Array.of(1) })).toThrow('3 labels stand beside 1 scores');
});

test('monotone transforms change nothing; complements mirror; swapping models flips the sign', () => {
  const scores = normals(3_000, 8).map((x) => Math.round(20 * x) / 20);
  const champion = normals(3_000, 9).map((noise, row) => (scores[row] ?? 0) + noise);
  const labels = labelled(scores, 0.8, 10);
  const areas = areasOf({ labels, scores, champion });
  expect(areasOf({ labels, scores: scores.map((x) => Math.exp(x / 4)), champion: champion.map(Math.atan) })).toEqual(
    areas,
  );
  const complement = areasOf({ labels: labels.map((label) => 1 - label), scores });
  expect(complement?.challenger.auc).toBeCloseTo(1 - (areas?.challenger.auc ?? Number.NaN), 14);
  expect(complement?.challenger.variance).toBeCloseTo(areas?.challenger.variance ?? Number.NaN, 16);
  const swapped = areasOf({ labels, scores: champion, champion: scores });
  if (areas?.champion === undefined || swapped?.champion === undefined) throw new Error('there are two models');
  const [there, back] = [compareAreas(areas, 0.95), compareAreas(swapped, 0.95)];
  expect(back.difference).toBe(-there.difference);
  expect(back.pValue).toBeCloseTo(there.pValue ?? Number.NaN, 12);
});

test('rows given twice narrow the interval by √2', () => {
  const scores = normals(4_000, 11);
  const labels = labelled(scores, 0, 12);
  const twice = (values: Float64Array): Float64Array => Float64Array.of(...values, ...values);
  const once = areasOf({ labels, scores })?.challenger;
  const doubled = areasOf({ labels: twice(labels), scores: twice(scores) })?.challenger;
  expect(doubled?.auc).toBe(once?.auc);
  expect((once?.variance ?? 0) / (doubled?.variance ?? 1)).toBeCloseTo(2, 2);
});
