import fc from 'fast-check';
import { createRandom, midRanks, normalCdf, normalQuantile, wilsonInterval } from '../../../lib/core/statistics';
import { aucCovariance, aucInterval, compareAuc, rocArea } from '../../support/components';

/** Few distinct values, so that ties are common. */
const scores = fc
  .array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 25 })
  .map((s) => Float64Array.from(s));
const classes = fc.record({ positives: scores, negatives: scores });
const confidence = fc.double({ min: 0.5, max: 0.999, noNaN: true });

test('AUC is the share of correctly ordered pairs, ties half', () => {
  fc.assert(
    fc.property(classes, ({ positives, negatives }) => {
      let sum = 0;
      for (const p of positives) for (const n of negatives) sum += p > n ? 1 : p === n ? 0.5 : 0;
      expect(rocArea({ positives, negatives }).auc).toBeCloseTo(sum / (positives.length * negatives.length), 12);
    }),
  );
});

test('AUC depends on the order alone, and turns over when classes are swapped', () => {
  fc.assert(
    fc.property(classes, ({ positives, negatives }) => {
      const { auc } = rocArea({ positives, negatives });
      const curved = {
        positives: positives.map((s) => Math.exp(s / 3)),
        negatives: negatives.map((s) => Math.exp(s / 3)),
      };
      expect(rocArea(curved).auc).toBeCloseTo(auc, 12);
      expect(rocArea({ positives: negatives, negatives: positives }).auc).toBeCloseTo(1 - auc, 12);
    }),
  );
});

test('the interval of an AUC lies in [0, 1] around it, and widens with the confidence', () => {
  fc.assert(
    fc.property(classes, confidence, ({ positives, negatives }, level) => {
      const area = rocArea({ positives, negatives });
      const [narrow, wide] = [aucInterval(area, level / 2), aucInterval(area, level)];
      if (positives.length < 2 || negatives.length < 2) return expect(wide).toBeNull();
      const [[low = NaN, high = NaN], [outerLow = NaN, outerHigh = NaN]] = [
        narrow?.interval ?? [],
        wide?.interval ?? [],
      ];
      expect(outerLow).toBeGreaterThanOrEqual(0);
      expect(outerLow).toBeLessThanOrEqual(low + 1e-12);
      expect(low).toBeLessThanOrEqual(area.auc + 1e-12);
      expect(high).toBeGreaterThanOrEqual(area.auc - 1e-12);
      expect(outerHigh).toBeGreaterThanOrEqual(high - 1e-12);
      expect(outerHigh).toBeLessThanOrEqual(1);
    }),
  );
});

test('a perfect model on few rows does not get a certain interval', () => {
  const interval = aucInterval(
    rocArea({ positives: Float64Array.of(3, 4, 5), negatives: Float64Array.of(0, 1, 2) }),
    0.95,
  );
  expect(interval?.method).toBe('newcombe_score');
  expect(interval?.interval[0]).toBeLessThan(0.8);
  expect(interval?.interval[1]).toBe(1);
});

test('comparing is antisymmetric, and a model equals itself and every monotone transform of itself', () => {
  const pair = fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 }));
  const rows = fc.array(pair, { minLength: 2, maxLength: 25 });
  fc.assert(
    fc.property(rows, rows, confidence, (positives, negatives, level) => {
      const model = (index: 0 | 1) =>
        rocArea({
          positives: Float64Array.from(positives, (row) => row[index]),
          negatives: Float64Array.from(negatives, (row) => row[index]),
        });
      const [a, b] = [model(0), model(1)];
      const [ab, ba] = [compareAuc(a, b, level), compareAuc(b, a, level)];
      expect(ab.difference).toBeCloseTo(-ba.difference, 12);
      expect(ab.pValue ?? -1).toBeCloseTo(ba.pValue ?? -1, 10);
      expect(compareAuc(a, a, level)).toEqual({ difference: 0, interval: [0, 0], pValue: 1 });
      expect(aucCovariance(a, b) ** 2).toBeLessThanOrEqual(aucCovariance(a, a) * aucCovariance(b, b) + 1e-12);
    }),
  );
});

test('what cannot be judged has no interval: one row of a class, or no variance beside a difference', () => {
  const good = rocArea({ positives: Float64Array.of(1, 1), negatives: Float64Array.of(0, 0) });
  const bad = rocArea({ positives: Float64Array.of(0, 0), negatives: Float64Array.of(1, 1) });
  expect(compareAuc(good, bad, 0.95)).toEqual({ difference: 1, interval: null, pValue: null });
  const single = rocArea({ positives: Float64Array.of(1), negatives: Float64Array.of(0, 0.2) });
  expect(compareAuc(single, single, 0.95)).toEqual({ difference: 0, interval: null, pValue: null });
  expect(() => rocArea({ positives: Float64Array.of(), negatives: Float64Array.of(1) })).toThrow(
    'an ROC curve needs both classes; got 0 positives, 1 negatives',
  );
});

test('mid-ranks sum to n(n+1)/2', () => {
  fc.assert(
    fc.property(scores, (values) => {
      const sum = midRanks(values).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo((values.length * (values.length + 1)) / 2, 9);
    }),
  );
});

test('distribution and quantile undo each other', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
    }),
  );
});

test('Wilson: the estimate lies inside, mirrored counts give mirrored bounds, nonsense is refused', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      confidence,
      (n, share, level) => {
        const successes = Math.round(share * n);
        const [low, high] = wilsonInterval(successes, n, level);
        expect(low).toBeLessThanOrEqual(successes / n);
        expect(high).toBeGreaterThanOrEqual(successes / n);
        expect(wilsonInterval(n - successes, n, level)[0]).toBeCloseTo(1 - high, 10);
      },
    ),
  );
  for (const [k, n] of [
    [0, 0],
    [-1, 3],
    [4, 3],
    [NaN, 3],
  ] as const) {
    expect(() => wilsonInterval(k, n, 0.95)).toThrow(RangeError);
  }
  expect(() => wilsonInterval(1, 2, 1)).toThrow('confidence lies between 0 and 1, both excluded; got 1');
});

test('the generator is uniform: mean, variance and serial correlation', () => {
  const random = createRandom(7);
  const values = Array.from({ length: 100_000 }, random);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const centred = values.map((v) => v - mean);
  const variance = centred.reduce((sum, v) => sum + v * v, 0) / values.length;
  const serial = centred.reduce((sum, v, i) => sum + v * (centred[i - 1] ?? 0), 0) / values.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / values.length));
  expect(variance).toBeCloseTo(1 / 12, 3);
  expect(Math.abs(serial / variance)).toBeLessThan(4 / Math.sqrt(values.length));
  expect(createRandom(8)()).not.toBe(createRandom(7)());
});
