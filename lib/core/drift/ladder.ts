/**
 * Two samples of a number, in ascending order: each step is one value (`low` equals `high`) or a cell whose rows are
 * counted but not told apart. Counting replaces sorting; only cells that can decide something are resolved into values.
 */
export interface Ladder {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Rows of each sample in the step. */
  readonly reference: Float64Array;
  readonly current: Float64Array;
  /** Which cell of the scan a step is; −1 for a value. */
  readonly cell: Int32Array;
}

/** Values in ascending order with how often each occurs. */
export interface ValueCounts {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

export const EMPTY_VALUES: ValueCounts = { values: new Float64Array(0), counts: new Float64Array(0) };

/** The ladder of values that are all known. @throws RangeError for NaN, which has no place in an order */
export function ladderOfValues(reference: ValueCounts, current: ValueCounts): Ladder {
  const length = reference.values.length + current.values.length;
  const ladder = emptyLadder(length);
  let [i, j, size] = [0, 0, 0];
  while (i < reference.values.length || j < current.values.length) {
    const left = reference.values[i] ?? Number.POSITIVE_INFINITY;
    const right = current.values[j] ?? Number.POSITIVE_INFINITY;
    const value = Math.min(left, right);
    if (Number.isNaN(value)) throw new RangeError('NaN is counted as missing and is no value of a ladder');
    ladder.low[size] = value;
    ladder.high[size] = value;
    if (i < reference.values.length && left === value) {
      ladder.reference[size] = reference.counts[i] ?? 0;
      i += 1;
    }
    if (j < current.values.length && right === value) {
      ladder.current[size] = current.counts[j] ?? 0;
      j += 1;
    }
    size += 1;
  }
  ladder.cell.fill(-1);
  return shorten(ladder, size);
}

export function emptyLadder(length: number): Ladder {
  return {
    low: new Float64Array(length),
    high: new Float64Array(length),
    reference: new Float64Array(length),
    current: new Float64Array(length),
    cell: new Int32Array(length),
  };
}

/** The first `size` steps. */
export function shorten(ladder: Ladder, size: number): Ladder {
  return {
    low: ladder.low.subarray(0, size),
    high: ladder.high.subarray(0, size),
    reference: ladder.reference.subarray(0, size),
    current: ladder.current.subarray(0, size),
    cell: ladder.cell.subarray(0, size),
  };
}

export const isValue = (ladder: Ladder, step: number): boolean => ladder.low[step] === ladder.high[step];

/** The ladder with some steps replaced by finer ones. */
export function splice(ladder: Ladder, finer: ReadonlyMap<number, Ladder>): Ladder {
  let length = ladder.low.length - finer.size;
  for (const part of finer.values()) length += part.low.length;
  const result = emptyLadder(length);
  let [from, to] = [0, 0];
  const copy = (source: Ladder, start: number, end: number): void => {
    for (const field of ['low', 'high', 'reference', 'current', 'cell'] as const) {
      result[field].set(source[field].subarray(start, end), to);
    }
    to += end - start;
  };
  for (const step of [...finer.keys()].sort((a, b) => a - b)) {
    copy(ladder, from, step);
    const part = finer.get(step);
    if (part !== undefined) copy(part, 0, part.low.length);
    from = step + 1;
  }
  copy(ladder, from, ladder.low.length);
  return result;
}

/** Rows of each sample below each step, and all rows at the end. */
export function cumulate(ladder: Ladder): { readonly reference: Float64Array; readonly current: Float64Array } {
  const length = ladder.low.length;
  const reference = new Float64Array(length + 1);
  const current = new Float64Array(length + 1);
  for (let step = 0; step < length; step += 1) {
    reference[step + 1] = (reference[step] ?? 0) + (ladder.reference[step] ?? 0);
    current[step + 1] = (current[step] ?? 0) + (ladder.current[step] ?? 0);
  }
  return { reference, current };
}
