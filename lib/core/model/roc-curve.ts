import { at } from '../statistics';
import type { Scored } from './input';

/** A picture needs no more. */
const MOST_POINTS = 200;

/**
 * Vertices of the ROC curve for a picture, at most 200: [false positive rate, true positive rate] from (0, 0) to (1, 1), one
 * for each distinct score, thinned evenly. Needs both classes.
 */
export function rocPoints(rows: Scored): readonly (readonly [number, number])[] {
  const order = Uint32Array.from(rows.scores.keys()).sort((i, j) => at(rows.scores, j) - at(rows.scores, i));
  const positives = rows.targets.filter((target) => target === 1).length;
  const negatives = rows.targets.length - positives;
  const points: (readonly [number, number])[] = [[0, 0]];
  let [above, right] = [0, 0];
  for (const [index, row] of order.entries()) {
    if (at(rows.targets, row) === 1) above += 1;
    else right += 1;
    const next = order[index + 1];
    if (next !== undefined && at(rows.scores, next) === at(rows.scores, row)) continue;
    points.push([round(right / negatives), round(above / positives)]);
  }
  return thin(points);
}

const round = (share: number): number => Math.round(share * 1e4) / 1e4;

function thin<T>(points: readonly T[]): readonly T[] {
  if (points.length <= MOST_POINTS) return points;
  return Array.from({ length: MOST_POINTS }, (_, index) => {
    const point = points[Math.round((index * (points.length - 1)) / (MOST_POINTS - 1))];
    return point === undefined ? [] : [point];
  }).flat();
}
