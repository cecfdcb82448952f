import type { Average, Measured } from './definition';
import { className, type Rows } from './input';
import type { Totals } from './of-classes';

type Ratio = 'precision' | 'recall' | 'f1';

/**
 * Precision, recall or F1 of several classes. A class that is neither labelled nor predicted does not count, as in
 * scikit-learn; a class whose ratio is 0/0 and that counts makes the average undefined, where scikit-learn warns and takes 0.
 */
export function averagedRatio(ratio: Ratio, average: Average, totals: Totals, rows: Rows): Measured {
  if (average === 'micro') return { value: totals.right / totals.total };
  let [sum, weights] = [0, 0];
  for (let index = 0; index < totals.classes; index += 1) {
    const [labelled, predicted] = [totals.labelled[index] as number, totals.predicted[index] as number];
    const weight = average === 'weighted' ? labelled : Number(labelled + predicted > 0);
    if (weight === 0) continue;
    const whole = wholeOf(ratio, labelled, predicted);
    if (whole === 0) {
      const missing = ratio === 'precision' ? 'predicted to be ' : '';
      return { undefined: `no row is ${missing}${className(rows, index)}` };
    }
    const part = (totals.hits[index] as number) * (ratio === 'f1' ? 2 : 1);
    sum += (weight * part) / whole;
    weights += weight;
  }
  return { value: sum / weights };
}

function wholeOf(ratio: Ratio, labelled: number, predicted: number): number {
  if (ratio === 'precision') return predicted;
  return ratio === 'recall' ? labelled : labelled + predicted;
}
