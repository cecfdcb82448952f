import { identifier, type Sql, sql } from '../../sql/sql';
import { type Fraction, nearestDouble, scaledSquares, scaledSum } from '../exact';
import { ask, extreme, missing, rows, type Steps, total } from '../plan';
import { type Context, columnOf, numeric } from './context';

/** What is known of a column of numbers. Null where there are too few values. */
export interface Moments {
  readonly elements: number;
  readonly present: number;
  readonly sum: number | null;
  readonly mean: number | null;
}

interface Summed extends Moments {
  readonly low: number;
  readonly high: number;
}

/** Sum and mean, rounded once. @throws ExpectationError for columns that are no numbers */
export function* moments(context: Context, column: string): Steps<Summed> {
  const { where, dialect } = context;
  const value = numeric(context, column);
  const { type } = columnOf(context, column);
  const [elements, gaps, least, most] = yield* ask(
    rows(where),
    missing(column, where),
    extreme('min', column, where),
    extreme('max', column, where),
  );
  const present = elements - gaps;
  const [low, high] = [Number(least), Number(most)];
  const none = { elements, present, sum: null, mean: null, low, high };
  if (present === 0 || !Number.isFinite(low) || !Number.isFinite(high)) return none;
  let fraction: Fraction;
  if (type === 'number') {
    const scaled = scaledSum(column, Math.max(Math.abs(low), Math.abs(high)), dialect);
    const [highs, lows] = yield* ask(total(scaled.high, [column], where), total(scaled.low, [column], where));
    fraction = scaled.fraction(highs, lows);
  } else {
    const [sum] = yield* ask(total(value, [column], where));
    fraction = { numerator: sum, denominator: 1n };
  }
  return {
    ...none,
    sum: nearestDouble(fraction),
    mean: nearestDouble({ ...fraction, denominator: fraction.denominator * BigInt(present) }),
  };
}

export interface Deviation extends Moments {
  /** Sample standard deviation (n − 1); null for fewer than two values. */
  readonly deviation: number | null;
}

/** Σ(x − c)² − (Σ(x − c))² / n, over n − 1, where c is near the mean: the corrected two-pass formula (Chan et al., 1983). */
export function* standardDeviation(context: Context, column: string): Steps<Deviation> {
  const known = yield* moments(context, column);
  const { mean, present, low, high } = known;
  if (mean === null || present < 2) return { ...known, deviation: null };
  const whole = columnOf(context, column).type !== 'number';
  const centre = whole ? Math.round(mean) : mean;
  const reach = Math.max(high - centre, centre - low);
  const value: Sql = whole ? sql`(${numeric(context, column)})` : identifier(column);
  const scaled = scaledSquares(value, centre, reach, present, whole, context.dialect);
  const [deviations, squares] = yield* ask(
    total(scaled.deviation, [column], context.where),
    total(scaled.square, [column], context.where),
  );
  const { numerator, denominator } = scaled.squares(deviations, squares, present);
  // The variance of great doubles is beyond them, its root is not.
  const shrunk = { numerator, denominator: (denominator * BigInt(present - 1)) << 1100n };
  const variance = nearestDouble({ numerator, denominator: denominator * BigInt(present - 1) });
  const deviation = Number.isFinite(variance) ? Math.sqrt(variance) : Math.sqrt(nearestDouble(shrunk)) * 2 ** 550;
  return { ...known, deviation };
}
