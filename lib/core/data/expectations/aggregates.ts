import type { ArgumentKind } from '../argument-kinds';
import { parseMoment } from '../conditions/moment';
import { orderWithin } from '../exact';
import { ask, atRanks, distinct, extreme, missing, rows, type Steps } from '../plan';
import { countsOfColumn, NOTHING, type Outcome } from '../result';
import type { Value } from '../table';
import { boundSpecs, boundWords, isBetween } from './bounds';
import { type Context, columnOf, type Expectation, ExpectationError, numeric } from './context';
import { moments, standardDeviation } from './statistics';

interface Observed {
  readonly elements: number;
  readonly present: number;
  /** Null when there is no value to condense, or too few. */
  readonly value: Value;
}

interface Aggregate {
  readonly type: string;
  /** `mean`, as in "mean is 3.2". */
  readonly name: string;
  readonly bounds: ArgumentKind;
  /** Only for columns of numbers. */
  readonly numbers: boolean;
  readonly observe: (context: Context, column: string) => Steps<Observed>;
}

/** The sign of value − bound; NaN where they cannot be compared. */
function order(context: Context, value: Exclude<Value, null>, bound: string | number | boolean): number {
  const { type, stored } = columnOf(context, context.args.column);
  if (typeof value === 'number') {
    if (typeof bound === 'string') {
      return incomparable(context.args.column, stored, bound);
    }
    return orderWithin(value, Number(bound));
  }
  if (typeof value === 'boolean') return Number(value) - Number(bound);
  if (type === 'integer' && typeof bound !== 'string') return orderOfWhole(BigInt(value), Number(bound));
  if (type === 'date' || type === 'timestamp') {
    if (typeof bound !== 'string') return incomparable(context.args.column, stored, bound);
    const [a, b] = [parseMoment(value), parseMoment(String(bound))];
    if (a === undefined || b === undefined) return Number.NaN;
    return a < b ? -1 : Number(a > b);
  }
  if (typeof bound !== 'string') return incomparable(context.args.column, stored, bound);
  return value < bound ? -1 : Number(value > bound);
}

/** Whole numbers beyond 2^53 come as text, and keep every digit here. */
function orderOfWhole(value: bigint, bound: number): number {
  if (!Number.isFinite(bound)) return -bound;
  const floor = BigInt(Math.floor(bound));
  if (value !== floor) return value < floor ? -1 : 1;
  return Number.isInteger(bound) ? 0 : -1;
}

function incomparable(column: string, stored: string, bound: string | number | boolean): never {
  throw new ExpectationError(
    `min_value and max_value must be a datetime (for datetime columns) or number: ${JSON.stringify(bound)} does not compare with ${column}, which is ${stored}`,
  );
}

function aggregate({ type, name, bounds, numbers, observe }: Aggregate): Expectation {
  return {
    type,
    arguments: { column: { kind: 'column', required: true }, ...boundSpecs(bounds) },
    check: (args) => {
      const known = args.columnType();
      if (numbers && known !== undefined && !['integer', 'number', 'boolean'].includes(known)) {
        return `is for columns of numbers; ${args.column} is declared ${known}`;
      }
      return undefined;
    },
    *run(context): Steps<Outcome> {
      const { args } = context;
      columnOf(context, args.column);
      const { elements, present, value } = yield* observe(context, args.column);
      const gaps = elements - present;
      const result = {
        ...countsOfColumn(elements, gaps),
        observed_value: value,
      };
      const subject = `${args.column}: ${name}`;
      if (value === null) {
        const reason = `${subject} cannot be told: ${present} of ${elements} values are present`;
        return { success: false, verdict: 'inconclusive', reason, result };
      }
      const inside = isBetween(args, (bound) => order(context, value, bound));
      if (present === 0) {
        const reason = `${subject} is ${value}: there is no value to check`;
        return { success: inside, verdict: 'inconclusive', reason, result };
      }
      const free = args.value('min_value') === undefined && args.value('max_value') === undefined;
      const shown = typeof value === 'number' ? Number(value.toPrecision(6)) : JSON.stringify(value);
      if (free) {
        const reason = `${subject} is ${shown}: without min_value and max_value ${NOTHING}`;
        return { success: inside, verdict: 'inconclusive', reason, result };
      }
      const words = inside ? `is ${shown}, ${boundWords(args)}` : `is ${shown}; it must be ${boundWords(args)}`;
      return { success: inside, verdict: inside ? 'pass' : 'fail', reason: `${subject} ${words}`, result };
    },
  };
}

const sides = (side: 'min' | 'max') =>
  function* (context: Context, column: string): Steps<Observed> {
    const { where } = context;
    const [elements, gaps, value] = yield* ask(rows(where), missing(column, where), extreme(side, column, where));
    return { elements, present: elements - gaps, value };
  };

function* median(context: Context, column: string): Steps<Observed> {
  numeric(context, column);
  const { where } = context;
  const [elements, gaps] = yield* ask(rows(where), missing(column, where));
  const present = elements - gaps;
  if (present === 0) return { elements, present, value: null };
  const ranks = [Math.ceil(present / 2) - 1, Math.floor(present / 2)];
  const [[lower = null, upper = null]] = yield* ask(atRanks(column, ranks, where));
  return { elements, present, value: lower === upper ? Number(lower) : (Number(lower) + Number(upper)) / 2 };
}

function* distinctValues({ where }: Context, column: string): Steps<Observed> {
  const [elements, gaps, value] = yield* ask(rows(where), missing(column, where), distinct(column, undefined, where));
  return { elements, present: elements - gaps, value };
}

const numeral = { bounds: 'threshold', numbers: true } as const;
const ordered = { bounds: 'bound', numbers: false } as const;

export const aggregates: readonly Expectation[] = [
  aggregate({
    ...numeral,
    type: 'expect_column_mean_to_be_between',
    name: 'mean',
    *observe(context, column) {
      const { elements, present, mean } = yield* moments(context, column);
      return { elements, present, value: mean };
    },
  }),
  aggregate({
    ...numeral,
    type: 'expect_column_sum_to_be_between',
    name: 'sum',
    *observe(context, column) {
      const { elements, present, sum } = yield* moments(context, column);
      return { elements, present, value: sum };
    },
  }),
  aggregate({
    ...numeral,
    type: 'expect_column_stdev_to_be_between',
    name: 'standard deviation',
    *observe(context, column) {
      const { elements, present, deviation } = yield* standardDeviation(context, column);
      return { elements, present, value: deviation };
    },
  }),
  aggregate({ ...numeral, type: 'expect_column_median_to_be_between', name: 'median', observe: median }),
  aggregate({ ...ordered, type: 'expect_column_min_to_be_between', name: 'minimum', observe: sides('min') }),
  aggregate({ ...ordered, type: 'expect_column_max_to_be_between', name: 'maximum', observe: sides('max') }),
  aggregate({
    type: 'expect_column_unique_value_count_to_be_between',
    name: 'number of distinct values',
    bounds: 'count',
    numbers: false,
    observe: distinctValues,
  }),
  aggregate({
    type: 'expect_column_proportion_of_unique_values_to_be_between',
    name: 'share of distinct values',
    bounds: 'number',
    numbers: false,
    *observe(context, column) {
      const { elements, present, value } = yield* distinctValues(context, column);
      return { elements, present, value: present === 0 ? 0 : Number(value) / present };
    },
  }),
];
