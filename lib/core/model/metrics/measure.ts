import type { Measured, MetricName } from './definition';
import { type MetricInput, rowsOf } from './input';
import { prepare } from './prepare';
import { evaluate } from './prepared';

/**
 * A metric of the rows that count, as scikit-learn defines it, with sample weights; where it is undefined, the reason in
 * words instead of NaN or of a 0 that means nothing.
 *
 * @param input labels and predictions must be finite
 * @throws RangeError if columns differ in length, the metric does not fit the task, or a parameter is out of its range
 */
export function measure(name: MetricName, input: MetricInput): Measured {
  const rows = rowsOf(name, input);
  const measured = evaluate(prepare(name, rows), rows.weights);
  if ('value' in measured && !Number.isFinite(measured.value)) {
    return { undefined: 'a label or prediction is not a finite number' };
  }
  return measured;
}
