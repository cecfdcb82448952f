import { parseMoment } from '../conditions/moment';
import { ask, atRanks, missing, rows, type Steps } from '../plan';
import { countsOfColumn, type Outcome } from '../result';
import type { Value } from '../table';
import { type Context, columnOf, type Expectation, ExpectationError } from './context';

const INTERPOLATIONS = ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const;
type Interpolation = (typeof INTERPOLATIONS)[number];

type Range = readonly [Value, Value];

interface Ranges {
  readonly quantiles: readonly number[];
  readonly value_ranges: readonly Range[];
}

/** In Great Expectations' words. */
function problem(value: unknown): string | undefined {
  const { quantiles, value_ranges: ranges } = (value ?? {}) as Partial<Ranges>;
  if (!Array.isArray(quantiles) || !Array.isArray(ranges)) return 'has the lists quantiles and value_ranges';
  if (quantiles.length !== ranges.length) {
    return `is wrong: quantile_values and quantiles must have the same number of elements; there are ${ranges.length} and ${quantiles.length}`;
  }
  if (quantiles.length === 0) return 'names no quantile';
  if (quantiles.some((quantile) => typeof quantile !== 'number' || !(quantile >= 0 && quantile <= 1))) {
    return 'has a quantile that is not between 0 and 1';
  }
  if (ranges.some((range) => !Array.isArray(range) || range.length !== 2)) return 'has a range that is no pair';
  const wrong = (ranges as readonly Range[]).find(([low, high]) => low !== null && high !== null && low > high);
  return wrong === undefined
    ? undefined
    : `is wrong: quantile_ranges must consist of ordered pairs; found ${JSON.stringify(wrong)}`;
}

/**
 * Places in 0…n−1 around q·(n − 1): NumPy's and pandas' `quantile`, definition 7 of Hyndman and Fan (1996). Linear unless
 * `allow_relative_error` names another interpolation, as it does for pandas; dates take the lower value.
 */
function places(quantile: number, count: number, interpolation: Interpolation): readonly [number, number] {
  const exact = quantile * (count - 1);
  const [lower, upper] = [Math.floor(exact), Math.ceil(exact)];
  if (interpolation === 'lower') return [lower, lower];
  if (interpolation === 'higher') return [upper, upper];
  if (interpolation !== 'nearest') return [lower, upper];
  // Half way goes to the even place, as numpy rounds.
  const half = exact - lower;
  const nearest = half > 0.5 || (half === 0.5 && lower % 2 === 1) ? upper : lower;
  return [nearest, nearest];
}

function between(low: Value, high: Value, share: number, interpolation: Interpolation): Value {
  if (low === high || typeof low !== 'number' || typeof high !== 'number') return low;
  const part = interpolation === 'midpoint' ? 0.5 : share;
  const width = high - low;
  return Number.isFinite(width) ? low + width * part : low * (1 - part) + high * part;
}

function inRange(context: Context, value: Value, [low, high]: Range): boolean {
  if (value === null) return false;
  const { type } = columnOf(context, context.args.column);
  const moment = type === 'date' || type === 'timestamp';
  const read = (one: Exclude<Value, null>) => (moment ? (parseMoment(String(one)) ?? one) : one);
  return (low === null || read(value) >= read(low)) && (high === null || read(value) <= read(high));
}

export const quantileExpectation: Expectation = {
  type: 'expect_column_quantile_values_to_be_between',
  arguments: {
    column: { kind: 'column', required: true },
    quantile_ranges: { kind: 'record', required: true },
    allow_relative_error: { kind: 'anything' },
  },
  check: (args) => {
    const wrong = problem(args.kwargs.quantile_ranges);
    if (wrong !== undefined) return `quantile_ranges ${wrong}`;
    const error = args.kwargs.allow_relative_error ?? false;
    const known =
      typeof error === 'boolean' || typeof error === 'number' || INTERPOLATIONS.some((one) => one === error);
    return known
      ? undefined
      : `allow_relative_error is false, true, or one of ${INTERPOLATIONS.join(', ')}; found ${JSON.stringify(error)}`;
  },
  *run(context): Steps<Outcome> {
    const { args, where } = context;
    const { column } = args;
    const { type } = columnOf(context, column);
    const { quantiles, value_ranges: ranges } = args.kwargs.quantile_ranges as Ranges;
    const interpolation = INTERPOLATIONS.find((one) => one === args.kwargs.allow_relative_error) ?? 'linear';
    if (type === 'string' || type === 'other')
      throw new ExpectationError(`quantiles are of numbers and dates; ${column} is ${type}`);
    const [elements, gaps] = yield* ask(rows(where), missing(column, where));
    const present = elements - gaps;
    const counts = countsOfColumn(elements, gaps);
    if (present === 0) {
      const result = { ...counts, observed_value: { quantiles, values: quantiles.map(() => null) } };
      const reason = `${column}: quantiles cannot be told: ${present} of ${elements} values are present`;
      return { success: false, verdict: 'inconclusive', reason, result };
    }
    const pairs = quantiles.map((quantile) => places(quantile, present, interpolation));
    const [found] = yield* ask(atRanks(column, pairs.flat(), where));
    // Whole numbers beyond 2^53 come as text.
    const read = (value: Value | undefined): Value =>
      type === 'integer' && typeof value === 'string' ? Number(value) : (value ?? null);
    const observed = pairs.map(([lower], i) => {
      const share = (quantiles[i] ?? 0) * (present - 1) - lower;
      return between(read(found[2 * i]), read(found[2 * i + 1]), share, interpolation);
    });
    const details = observed.map((value, i) => inRange(context, value, ranges[i] ?? [null, null]));
    const holds = details.every((one) => one);
    const result = {
      ...counts,
      observed_value: { quantiles, values: observed },
      details: { success_details: details },
    };
    return {
      success: holds,
      verdict: holds ? 'pass' : 'fail',
      reason: `${column}: ${words(quantiles, observed, ranges, details)}`,
      result,
    };
  },
};

function words(
  quantiles: readonly number[],
  observed: readonly Value[],
  ranges: readonly Range[],
  held: readonly boolean[],
): string {
  const wrong = held.indexOf(false);
  if (wrong < 0)
    return `${quantiles.map((quantile, i) => `quantile ${quantile} is ${observed[i]}`).join(', ')}, as expected`;
  const [low, high] = ranges[wrong] ?? [null, null];
  const range = low === null ? `at most ${high}` : high === null ? `at least ${low}` : `between ${low} and ${high}`;
  return `quantile ${quantiles[wrong]} is ${observed[wrong]}; it must be ${range}`;
}
