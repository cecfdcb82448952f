/**
 * The judged rows as columns, in golden key order: index i is the same row in every array. Made by lib/engines/predictions,
 * which leaves out what cannot be judged (no label, no finite score) and tells it, so everything here is finite.
 */
export interface ModelColumns {
  readonly rows: number;
  /** Binary: 0 or 1. Regression: the value. Multiclass: index into `classes`. */
  readonly labels: Labels;
  /** Multiclass only: names of the classes, in the order of the probability columns. */
  readonly classes?: readonly string[];
  /** Above or equal to 0. Absent: every row counts once. */
  readonly weights?: Float64Array;
  readonly challenger: Predictions;
  readonly champion?: Predictions;
  /** What slices and fairness look at. */
  readonly groups: readonly Group[];
  /** Rows with the same number are resampled together; numbers run from 0 without gaps. */
  readonly clusters?: Int32Array;
}

/** A double a row, or a byte where labels are 0 and 1. */
export type Labels = Float64Array | Uint8Array;

/** Binary and regression: one column. Multiclass: one column a class, in the order of `classes`; rows sum to 1. */
export interface Predictions {
  readonly columns: readonly Float64Array[];
}

/** One column of the golden data, or one SQL condition (then `names` is `['false', 'true']`, unknown counts as false). */
export interface Group {
  readonly name: string;
  readonly names: readonly string[];
  /** Row i belongs to `names[codes[i]]`. At most 65,535 groups. */
  readonly codes: Uint16Array;
}
