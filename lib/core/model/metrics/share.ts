import type { MetricDefinition } from './definition';
import type { Rows } from './input';

/** The denominator of a share: how many equally weighted rows would know as much. */
export interface Denominator {
  readonly n: number;
}

/**
 * Rows that the share is of: all for accuracy and micro averages, those predicted positive for precision, the positive ones
 * for recall. With weights, Kish's effective number (Σw)²/Σw² (L. Kish, "Survey sampling", 1965, section 8.2).
 */
export function shareOf({ name, fixed }: MetricDefinition, rows: Rows): Denominator {
  const { n, task, labels, columns, weights, parameters } = rows;
  const [scores = new Float64Array()] = columns;
  const all = task !== 'binary' || fixed !== undefined || name === 'accuracy';
  if (all && weights === undefined) return { n };
  const counts = (row: number): boolean => {
    if (all) return true;
    return name === 'recall' ? labels[row] === 1 : (scores[row] as number) >= parameters.threshold;
  };
  let [sum, squares] = [0, 0];
  for (let row = 0; row < n; row += 1) {
    if (!counts(row)) continue;
    const weight = weights === undefined ? 1 : (weights[row] as number);
    sum += weight;
    squares += weight * weight;
  }
  // One row is one row, whatever rounding says.
  return { n: squares > 0 ? Math.max(1, (sum * sum) / squares) : 0 };
}
