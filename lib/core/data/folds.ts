import { compareValues } from './arguments';
import type { ColumnType, Value } from './table';

type Present = Exclude<Value, null>;

/** Condenses the present values of a column into one; null when there are too few. */
export interface Fold {
  add(value: Present): void;
  result(): Present | null;
}

/** Neumaier's compensated sum (ZAMM 54, 1974): the order of millions of rows must not move the total. */
function compensated(): { add(value: number): void; total(): number } {
  let total = 0;
  let correction = 0;
  return {
    add: (value) => {
      const next = total + value;
      correction += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
      total = next;
    },
    total: () => total + correction,
  };
}

function total(finish: (total: number, count: number) => number): Fold {
  const numbers = compensated();
  let count = 0;
  return {
    add: (value) => {
      numbers.add(Number(value));
      count += 1;
    },
    result: () => (count === 0 ? null : finish(numbers.total(), count)),
  };
}

export const sum = (): Fold => total((all) => all);

export const mean = (): Fold => total((all, count) => all / count);

/** Sample standard deviation (n − 1) by Welford's recurrence (Technometrics 4, 1962). */
export function standardDeviation(): Fold {
  let count = 0;
  let average = 0;
  let squares = 0;
  return {
    add: (value) => {
      count += 1;
      const delta = Number(value) - average;
      average += delta / count;
      squares += delta * (Number(value) - average);
    },
    result: () => (count < 2 ? null : Math.sqrt(squares / (count - 1))),
  };
}

/** Middle value, or the mean of the two middle ones; keeps every value. */
export function median(): Fold {
  const values: number[] = [];
  return {
    add: (value) => {
      values.push(Number(value));
    },
    result: () => {
      const sorted = Float64Array.from(values).sort();
      const upper = sorted[Math.floor(sorted.length / 2)];
      const lower = sorted[Math.ceil(sorted.length / 2) - 1];
      return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
    },
  };
}

/** Greatest value for `direction` 1, smallest for −1. */
export const extreme =
  (direction: 1 | -1) =>
  (type: ColumnType): Fold => {
    let best: Present | null = null;
    return {
      add: (value) => {
        if (best === null || direction * compareValues(value, best, type) > 0) best = value;
      },
      result: () => best,
    };
  };

export function distinct(): Fold {
  const values = new Set<Value>();
  return {
    add: (value) => {
      values.add(value);
    },
    result: () => values.size,
  };
}

export function proportionDistinct(): Fold {
  const values = new Set<Value>();
  let count = 0;
  return {
    add: (value) => {
      values.add(value);
      count += 1;
    },
    result: () => (count === 0 ? null : values.size / count),
  };
}
