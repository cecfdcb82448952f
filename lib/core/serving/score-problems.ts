import type { Task } from './prediction';

/** What is wrong with the scores of a row apart from their shape, completing "row 7 …"; undefined if nothing is. */
export function rangeProblem(scores: readonly number[], task: Task): string | undefined {
  if (task === 'regression') return undefined;
  if (scores.some((score) => score < 0 || score > 1)) {
    return `has score ${scores.join(', ')}; probabilities lie in [0, 1]`;
  }
  if (task === 'multiclass' && !sumsToOne(scores))
    return `has probabilities ${scores.join(', ')}, which do not sum to 1`;
  return undefined;
}

/** Single-precision probabilities may miss 1 by some of their last digits. */
const sumsToOne = (values: readonly number[]): boolean =>
  Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) <= 1e-5;

/** Greatest difference of a number of one row; infinite when there are not as many. */
export function skewOf(endpoint: readonly number[], batch: readonly number[]): number {
  if (endpoint.length !== batch.length) return Number.POSITIVE_INFINITY;
  return Math.max(...endpoint.map((value, i) => Math.abs(value - (batch[i] ?? Number.NaN))));
}

/** One row's training/serving skew in words. */
export const skewWords = (key: string, endpoint: readonly number[], batch: readonly number[]): string =>
  `row ${key}: the endpoint says ${endpoint.join(', ')}, the batch prediction ${batch.join(', ')}`;
