import type { Measured, Undefined } from './definition';
import { className, type Rows } from './input';

/** Sums of a confusion matrix; weights of rows, or their number. */
export interface Totals {
  readonly classes: number;
  /** Rows with the label, by class. */
  readonly labelled: Float64Array;
  /** Rows for which the class is predicted, by class. */
  readonly predicted: Float64Array;
  /** Rows with the label for which it is predicted, by class. */
  readonly hits: Float64Array;
  readonly total: number;
  /** Sum of `hits`. */
  readonly right: number;
}

type OfTotals = (totals: Totals, rows: Rows) => Measured;

const POSITIVE = 1;

/** `every row is positive`, if the rows have one class only. */
function onlyClass(rows: Rows, { labelled }: Totals): Undefined | undefined {
  const present = [...labelled.keys()].filter((index) => (labelled[index] as number) > 0);
  const [only] = present;
  return present.length === 1 && only !== undefined
    ? { undefined: `every row is ${className(rows, only)}` }
    : undefined;
}

/** A ratio of the positive class of a binary task. */
const ofPositives =
  (ratio: (hits: number, labelled: number, predicted: number) => Measured): OfTotals =>
  ({ hits, labelled, predicted }, rows) => {
    const positives = labelled[POSITIVE] ?? 0;
    if (positives === 0) return { undefined: `every row is ${className(rows, 0)}` };
    return ratio(hits[POSITIVE] ?? 0, positives, predicted[POSITIVE] ?? 0);
  };

const balancedAccuracy: OfTotals = (totals, rows) => {
  const { labelled, hits } = totals;
  const only = onlyClass(rows, totals);
  if (only !== undefined) return only;
  const shares = [...labelled.keys()].flatMap((index) => {
    const rowsOfClass = labelled[index] as number;
    return rowsOfClass > 0 ? [(hits[index] as number) / rowsOfClass] : [];
  });
  return { value: shares.reduce((sum, share) => sum + share, 0) / shares.length };
};

const mcc: OfTotals = (totals, rows) => {
  const { labelled, predicted, right, total } = totals;
  const only = onlyClass(rows, totals);
  if (only !== undefined) return only;
  // Shares instead of weights, so that squares of large sums do not lose digits.
  const share = (values: Float64Array, index: number): number => (values[index] as number) / total;
  let [chance, labelSpread, predictionSpread] = [0, 1, 1];
  for (let index = 0; index < totals.classes; index += 1) {
    chance += share(labelled, index) * share(predicted, index);
    labelSpread -= share(labelled, index) ** 2;
    predictionSpread -= share(predicted, index) ** 2;
  }
  const sole = predicted.indexOf(total);
  if (sole >= 0) return { undefined: `every row is predicted to be ${className(rows, sole)}` };
  return { value: (right / total - chance) / Math.sqrt(labelSpread * predictionSpread) };
};

const cohenKappa: OfTotals = (totals, rows) => {
  const { labelled, predicted, right, total } = totals;
  const sole = labelled.findIndex((weight, index) => weight === total && predicted[index] === total);
  if (sole >= 0) return { undefined: `every row is ${className(rows, sole)} and predicted to be so` };
  const chance = labelled.reduce(
    (sum, weight, index) => sum + (weight / total) * ((predicted[index] as number) / total),
    0,
  );
  return { value: (right / total - chance) / (1 - chance) };
};

/** Metrics of a confusion matrix. Precision, recall and F1 stand here for the positive class of a binary task. */
export const OF_CLASSES = {
  accuracy: ({ right, total }) => ({ value: right / total }),
  balanced_accuracy: balancedAccuracy,
  precision: ofPositives((hits, _, predicted) =>
    predicted > 0 ? { value: hits / predicted } : { undefined: 'no row is predicted to be positive' },
  ),
  recall: ofPositives((hits, labelled) => ({ value: hits / labelled })),
  f1: ofPositives((hits, labelled, predicted) => ({ value: (2 * hits) / (labelled + predicted) })),
  mcc,
  cohen_kappa: cohenKappa,
} as const satisfies Readonly<Record<string, OfTotals>>;

export type ClassMetric = keyof typeof OF_CLASSES;
