import { knownTally } from '../kernels/memo';
import { rangeOf } from '../kernels/ranking';
import { TALLY_CELLS } from '../kernels/tally';
import { wilsonInterval } from '../statistics/wilson';
import type { Labels } from './columns';

/** Labels (0 or 1) and scores of the same rows. */
export interface ScoredRows {
  readonly labels: Labels;
  readonly scores: Float64Array;
}

/** A picture needs no more. */
const MOST_POINTS = 200;

/** Up to this many rows every distinct score is a vertex; beyond, scores are told apart by 2¹⁶ cells of equal width. */
const EXACT_ROWS = 50_000;
const CELLS = TALLY_CELLS;

/**
 * Vertices of the ROC curve for a picture, at most 200: [false positive rate, true positive rate] from (0, 0) to (1, 1),
 * rounded to four places, evenly thinned. Every vertex lies on the curve.
 *
 * @returns no points unless both classes are there
 */
export function rocPoints(rows: ScoredRows): readonly (readonly [number, number])[] {
  const known = drawn.get(rows.scores);
  if (known !== undefined) return known;
  const points = curveOf(rows);
  drawn.set(rows.scores, points);
  return points;
}

/** A metric and the promotion show the same curve; columns are never changed after they were read. */
const drawn = new WeakMap<Float64Array, readonly (readonly [number, number])[]>();

function curveOf({ labels, scores }: ScoredRows): readonly (readonly [number, number])[] {
  const counts = labels.length <= EXACT_ROWS ? countDistinct(labels, scores) : countCells(labels, scores);
  let [positives, negatives] = [0, 0];
  for (let cell = 0; cell < counts.length; cell += 2) {
    negatives += counts[cell] as number;
    positives += counts[cell + 1] as number;
  }
  if (positives === 0 || negatives === 0) return [];
  const points: (readonly [number, number])[] = [[0, 0]];
  let [above, right] = [0, 0];
  for (let cell = counts.length - 2; cell >= 0; cell -= 2) {
    const [across, up] = [counts[cell] as number, counts[cell + 1] as number];
    if (up + across === 0) continue;
    above += up;
    right += across;
    points.push([round(right / negatives), round(above / positives)]);
  }
  return thin(points);
}

/** By ascending score: negatives, then positives, of each cell. */
type Counts = Uint32Array;

function countDistinct(labels: Labels, scores: Float64Array): Counts {
  const order = Uint32Array.from(scores.keys()).sort((i, j) => (scores[i] ?? 0) - (scores[j] ?? 0));
  const counts = new Uint32Array(2 * order.length);
  let cell = -1;
  let last = Number.NaN;
  for (const row of order) {
    const score = scores[row] ?? Number.NaN;
    if (score !== last) cell += 1;
    last = score;
    const at = 2 * cell + (labels[row] ?? 0);
    counts[at] = (counts[at] as number) + 1;
  }
  return counts;
}

function countCells(labels: Labels, scores: Float64Array): Counts {
  const known = knownTally(scores, labels);
  if (known !== undefined) return known.cells;
  const [low, high] = rangeOf(scores);
  const scale = high > low ? (CELLS - 1) / (high - low) : 0;
  const counts = new Uint32Array(2 * CELLS);
  for (let row = 0; row < scores.length; row += 1) {
    const at = 2 * ((((scores[row] as number) - low) * scale) | 0) + (labels[row] as number);
    counts[at] = (counts[at] as number) + 1;
  }
  return counts;
}

const round = (share: number): number => Math.round(share * 1e4) / 1e4;

function thin<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MOST_POINTS) return points;
  return Array.from({ length: MOST_POINTS }, (_, index) => {
    const point = points[Math.round((index * (points.length - 1)) / (MOST_POINTS - 1))];
    return point === undefined ? [] : [point];
  }).flat();
}

/** Rows whose scores fall into one of ten bins of equal width on [0, 1]. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Mean score. */
  readonly predicted: number;
  /** Share of positives, with its Wilson interval. */
  readonly observed: number;
  readonly interval: readonly [number, number];
}

const BINS = 10;

/** A reliability diagram: bins without rows are left out. */
export function calibrationBins(scored: ScoredRows, confidence: number): readonly CalibrationBin[] {
  const { rows, sums, positives } = binsOf(scored);
  return [...rows].flatMap((count, bin) => {
    if (count === 0) return [];
    const found = positives[bin] ?? 0;
    const [low, high] = wilsonInterval(found, count, confidence);
    return [
      {
        from: bin / BINS,
        to: (bin + 1) / BINS,
        rows: count,
        predicted: round((sums[bin] ?? 0) / count),
        observed: round(found / count),
        interval: [round(low), round(high)] as const,
      },
    ];
  });
}

interface Bins {
  readonly rows: Float64Array;
  /** Of the scores. */
  readonly sums: Float64Array;
  readonly positives: Float64Array;
}

function binsOf({ labels, scores }: ScoredRows): Bins {
  const known = knownTally(scores, labels)?.bins;
  if (known !== undefined) {
    const at = (index: number): number => known.counts[index] ?? Number.NaN;
    const positives = Float64Array.from({ length: BINS }, (_, bin) => at(2 * bin + 1));
    return { rows: positives.map((count, bin) => count + at(2 * bin)), sums: known.sums, positives };
  }
  const [rows, sums, positives] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row] as number;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)));
    rows[bin] = (rows[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + score;
    positives[bin] = (positives[bin] as number) + (labels[row] as number);
  }
  return { rows, sums, positives };
}
