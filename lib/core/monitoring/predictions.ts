import { BASELINE_SCHEMA, type Baseline, type BaselineColumn } from '../drift/baseline';
import { countBins, quantileEdges } from '../drift/edges';
import { EMPTY_VALUES, ladderOfValues } from '../drift/ladder';
import type { Task } from '../serving/prediction';

/** Names that monitoring gives to what is watched of a prediction. */
const PREDICTION_COLUMNS = {
  /** Binary and regression: the score. */
  score: 'prediction.score',
  /** Multiclass: the class with the greatest probability, and that probability. */
  class: 'prediction.class',
  confidence: 'prediction.confidence',
} as const;

const NAMES: readonly string[] = Object.values(PREDICTION_COLUMNS);

/** Is it the name of something of predictions, not of a column of requests? */
export const isPrediction = (name: string): boolean => NAMES.includes(name);

export interface PredictionShape {
  readonly task: Task;
  /** Multiclass: names of the classes in the order of the probabilities. @default - their places, from 0 */
  readonly classes?: readonly string[] | undefined;
}

/** What is watched of one prediction, by name. */
export function predictionColumns(
  scores: readonly number[],
  { task, classes }: PredictionShape,
): Readonly<Record<string, string | number>> {
  if (task !== 'multiclass') return { [PREDICTION_COLUMNS.score]: scores[0] ?? Number.NaN };
  const confidence = Math.max(...scores);
  const best = scores.indexOf(confidence);
  return {
    [PREDICTION_COLUMNS.class]: classes?.[best] ?? String(best),
    [PREDICTION_COLUMNS.confidence]: confidence,
  };
}

/**
 * Pins what a release answered on its holdout, with the bins that its features get.
 *
 * @param bins of numbers, between quantiles
 */
export function predictionBaseline(
  predictions: readonly (readonly number[])[],
  shape: PredictionShape,
  bins: number,
): readonly BaselineColumn[] {
  const columns = new Map<string, (string | number)[]>();
  for (const scores of predictions) {
    for (const [name, value] of Object.entries(predictionColumns(scores, shape))) {
      const values = columns.get(name);
      if (values === undefined) columns.set(name, [value]);
      else values.push(value);
    }
  }
  return [...columns].map(([name, values]) =>
    name === PREDICTION_COLUMNS.class ? categorical(name, values.map(String)) : numeric(name, values.map(Number), bins),
  );
}

function numeric(name: string, all: readonly number[], bins: number): BaselineColumn {
  const values = Float64Array.from(all.filter((value) => !Number.isNaN(value))).sort();
  const ladder = ladderOfValues({ values, counts: new Float64Array(values.length).fill(1) }, EMPTY_VALUES);
  const edges = quantileEdges(ladder, bins);
  const counts = [...countBins(ladder, edges).reference];
  return { kind: 'numeric', name, rows: all.length, missing: all.length - values.length, edges, counts };
}

function categorical(name: string, all: readonly string[]): BaselineColumn {
  const counts = new Map<string, number>();
  for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1);
  const categories = [...counts].map(([category, rows]) => ({ name: category, rows }));
  categories.sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));
  return { kind: 'categorical', name, rows: all.length, missing: 0, categories };
}

/** One baseline of what came of two: features and predictions. @throws RangeError for a name that both have */
export function joinBaselines(features: Baseline, predictions: readonly BaselineColumn[]): Baseline {
  const taken = predictions.find(({ name }) => features.columns.some((column) => column.name === name));
  if (taken !== undefined) {
    throw new RangeError(`${taken.name} is a column of the dataset and the name of what is watched of predictions`);
  }
  return { ...features, schema: BASELINE_SCHEMA, columns: [...features.columns, ...predictions] };
}
