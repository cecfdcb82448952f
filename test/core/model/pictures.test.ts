import { calibrationBins, rocPoints } from '../../../lib/core/model/pictures';
import { createRandom } from '../../../lib/core/statistics';

const random = createRandom(4);
const sample = (rows: number, digits: number) => {
  const labels = Float64Array.from({ length: rows }, () => (random() < 0.3 ? 1 : 0));
  const scores = labels.map((label) => Math.round((0.3 * label + 0.7 * random()) * 10 ** digits) / 10 ** digits);
  return { labels, scores };
};

/** Rates at every threshold, by counting. */
function naive({ labels, scores }: ReturnType<typeof sample>): ReadonlySet<string> {
  const round = (share: number): number => Math.round(share * 1e4) / 1e4;
  const share = (label: number, least: number): number => {
    const rows = [...labels.keys()].filter((row) => labels[row] === label);
    return round(rows.filter((row) => (scores[row] ?? 0) >= least).length / rows.length);
  };
  return new Set([...new Set([...scores, 9])].map((least) => `${share(0, least)} ${share(1, least)}`));
}

test('each vertex of the curve is a threshold, ties are one vertex, and both ends are there', () => {
  const rows = sample(150, 2);
  const points = rocPoints(rows);
  const thresholds = naive(rows);
  expect(points.length).toBe(thresholds.size);
  for (const [fpr, tpr] of points) expect(thresholds.has(`${fpr} ${tpr}`)).toBe(true);
  expect([points[0], points.at(-1)]).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test('many rows make at most 200 vertices that never go back', () => {
  for (const rows of [2_000, 60_000]) {
    const points = rocPoints(sample(rows, 9));
    expect(points.length).toBe(200);
    for (const [i, [fpr, tpr]] of points.entries()) {
      expect(fpr).toBeGreaterThanOrEqual(points[i - 1]?.[0] ?? 0);
      expect(tpr).toBeGreaterThanOrEqual(points[i - 1]?.[1] ?? 0);
    }
  }
});

test('cells of equal width tell few distinct scores apart as sorting does', () => {
  const rows = sample(60_000, 2);
  const points = rocPoints(rows);
  const thresholds = naive(rows);
  expect(points.length).toBe(thresholds.size);
  for (const [fpr, tpr] of points) expect(thresholds.has(`${fpr} ${tpr}`)).toBe(true);
});

test('one class has no curve, equal scores a straight one', () => {
  expect(rocPoints({ labels: new Float64Array(9), scores: new Float64Array(9) })).toEqual([]);
  expect(rocPoints({ labels: Float64Array.of(0, 1, 1), scores: Float64Array.of(0.5, 0.5, 0.5) })).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test('calibration: every row in one of ten bins, 1 in the last', () => {
  const labels = Float64Array.of(0, 1, 1, 0, 1);
  const scores = Float64Array.of(0, 0.05, 0.95, 1, 1);
  const bins = calibrationBins({ labels, scores }, 0.95);
  expect(bins).toMatchObject([
    { from: 0, to: 0.1, rows: 2, predicted: 0.025, observed: 0.5 },
    { from: 0.9, to: 1, rows: 3, predicted: 0.9833, observed: 0.6667 },
  ]);
  for (const { interval, observed } of bins) {
    expect(interval[0]).toBeLessThan(observed);
    expect(interval[1]).toBeGreaterThan(observed);
  }
});
