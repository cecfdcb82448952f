import { type Arguments, compareValues } from './arguments';
import { boundSpecs, boundWords, isBetween, needsBound } from './bounds';
import { type Collector, type Expectation, expectation } from './definition';
import { distinct, extreme, type Fold, mean, median, proportionDistinct, standardDeviation, sum } from './folds';
import { keyOf, place } from './rows';
import type { ColumnType, TableInfo, Value } from './table';

/** What is known of a column after a scan that condenses it into one value. */
export interface AggregateStatistics {
  readonly elements: number;
  readonly missing: number;
  /** Null when there is no value to condense, or too few. */
  readonly observed: number | string | boolean | null;
  /** Values that cannot take part: text in a column of numbers. */
  readonly unusable: number;
  readonly firstUnusable?: string;
}

/** Truth values count as 1 and 0, so that a mean is a share. */
const NUMERIC: readonly ColumnType[] = ['integer', 'number', 'boolean'];

function condense(args: Arguments, table: TableInfo, fold: Fold, numeric: boolean): Collector<AggregateStatistics> {
  let elements = 0;
  let missing = 0;
  let unusable = 0;
  let firstUnusable: string | undefined;
  return {
    add: (row) => {
      elements += 1;
      const value = row.values[args.column] ?? null;
      if (value === null) missing += 1;
      else if ((numeric && typeof value === 'string') || row.unreadable.includes(args.column)) {
        unusable += 1;
        firstUnusable ??= `${JSON.stringify(value)} ${place({ value, line: row.line, key: keyOf(row, table) }, table)}`;
      } else fold.add(value);
    },
    statistics: () => ({
      elements,
      missing,
      unusable,
      observed: fold.result(),
      ...(firstUnusable === undefined ? {} : { firstUnusable }),
    }),
  };
}

interface Aggregate {
  readonly type: string;
  /** `mean`, as in "mean is 3.2". */
  readonly name: string;
  readonly bounds: 'number' | 'count' | 'share' | 'value';
  /** Only for columns of numbers. */
  readonly numeric: boolean;
  readonly fold: (type: ColumnType) => Fold;
}

function aggregate({ type, name, bounds, numeric, fold }: Aggregate): Expectation {
  return expectation<AggregateStatistics>({
    type,
    // The share 0 is a bound like any other, so shares are checked as numbers.
    arguments: { column: { kind: 'column', required: true }, ...boundSpecs(bounds === 'share' ? 'number' : bounds) },
    check: (args) => {
      if (numeric && !NUMERIC.includes(args.columnType())) {
        return `is for columns of numbers; ${args.column} is declared ${args.columnType()}`;
      }
      return needsBound(args);
    },
    collect: (args, table) => condense(args, table, fold(args.columnType()), numeric),
    judge: (args, { elements, missing, observed, unusable, firstUnusable }) => {
      const evidence = { element_count: elements, missing_count: missing, observed_value: observed };
      const subject = `${args.column}: ${name}`;
      if (unusable > 0) {
        const reason = `${subject} cannot be told: ${unusable} of ${elements - missing} values cannot be read as ${args.columnType()} (first: ${firstUnusable})`;
        return { verdict: 'fail', reason, evidence: { ...evidence, unexpected_count: unusable } };
      }
      if (observed === null) {
        const reason = `${subject} cannot be told: ${elements - missing} of ${elements} values are present`;
        return { verdict: 'inconclusive', reason, evidence };
      }
      const kind = bounds === 'value' ? args.columnType() : 'number';
      const inside = isBetween(args, (bound) => compareValues(observed as Value, bound, kind));
      const shown = typeof observed === 'number' ? Number(observed.toPrecision(6)) : JSON.stringify(observed);
      const words = inside ? `is ${shown}, ${boundWords(args)}` : `is ${shown}; it must be ${boundWords(args)}`;
      return { verdict: inside ? 'pass' : 'fail', reason: `${subject} ${words}`, evidence };
    },
  });
}

const numeric = { bounds: 'number', numeric: true } as const;
const ordered = { bounds: 'value', numeric: false } as const;

export const aggregates: readonly Expectation[] = [
  aggregate({ type: 'expect_column_mean_to_be_between', name: 'mean', fold: mean, ...numeric }),
  aggregate({ type: 'expect_column_median_to_be_between', name: 'median', fold: median, ...numeric }),
  aggregate({
    type: 'expect_column_stdev_to_be_between',
    name: 'standard deviation',
    fold: standardDeviation,
    ...numeric,
  }),
  aggregate({ type: 'expect_column_sum_to_be_between', name: 'sum', fold: sum, ...numeric }),
  aggregate({ type: 'expect_column_min_to_be_between', name: 'minimum', fold: extreme(-1), ...ordered }),
  aggregate({ type: 'expect_column_max_to_be_between', name: 'maximum', fold: extreme(1), ...ordered }),
  aggregate({
    type: 'expect_column_unique_value_count_to_be_between',
    name: 'number of distinct values',
    bounds: 'count',
    numeric: false,
    fold: distinct,
  }),
  aggregate({
    type: 'expect_column_proportion_of_unique_values_to_be_between',
    name: 'share of distinct values',
    bounds: 'share',
    numeric: false,
    fold: proportionDistinct,
  }),
];
