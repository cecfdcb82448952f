import type { Task } from './config';

/** One row of the golden holdout. */
export interface HoldoutRow {
  /** `null` where the key column is empty. */
  readonly key: string | null;
  /** Binary: 1 for the positive class and 0 for the other. Regression: the value. `null` where the label is missing or no number. */
  readonly target: number | null;
  /** The row's value in each sliced column, as text. */
  readonly slices: Readonly<Record<string, string>>;
}

/** One line of a batch transform's output. */
export interface Prediction {
  readonly key: string | null;
  /** As the model answered; sanity checks decide whether it is a score. */
  readonly score: unknown;
}

export interface ModelGateInput {
  readonly task: Task;
  readonly rows: readonly HoldoutRow[];
  readonly challenger: readonly Prediction[];
  /** Absent if production serves nothing yet. */
  readonly champion?: ChampionInput;
}

/** The model in production. One whose predictions could not be read makes the promotion inconclusive. */
export type ChampionInput =
  | { readonly name: string; readonly predictions: readonly Prediction[] }
  | { readonly name: string; readonly unreadable: string };

/** Targets and scores of the same rows, by position. All finite. */
export interface Scored {
  readonly targets: Float64Array;
  readonly scores: Float64Array;
}

/** Every row's number. */
export const allRows = (rows: Scored): Uint32Array => Uint32Array.from(rows.targets.keys());
