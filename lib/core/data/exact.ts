import type { Dialect } from '../sql/dialect';
import { identifier, literal, type Sql, sql } from '../sql/sql';

/**
 * Sums of doubles that do not depend on the order of the rows, and so not on threads or on the plan: values become
 * whole numbers by a power of two, whole numbers are summed exactly, and the quotient is rounded once at the end.
 */

/** Bits that a scaled value may have; an engine's 63-bit integer holds it, and 2^63 of them fit into 38 digits. */
const HIGH_BITS = 61;
const LOW_BITS = 60;
/** Bits of a scaled deviation; fewer where the sum of that many squares would not fit 38 digits (2^126). */
const SQUARE_BITS = 50;
const squareBits = (count: number): number =>
  Math.min(SQUARE_BITS, Math.floor((126 - Math.ceil(Math.log2(Math.max(count, 1)))) / 2));

/** Power of two that brings a magnitude below 2^bits; within what a double can hold. */
const exponentFor = (magnitude: number, bits: number): number =>
  magnitude === 0 ? 0 : Math.max(-1020, Math.min(1020, bits - 1 - Math.floor(Math.log2(magnitude))));

export interface ScaledSum {
  /** Two whole parts whose totals are asked for. */
  readonly high: Sql;
  readonly low: Sql;
  /** The sum as a fraction. */
  readonly fraction: (high: bigint, low: bigint) => Fraction;
}

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** @param magnitude at least the greatest absolute value of the column */
export function scaledSum(column: string, magnitude: number, dialect: Dialect): ScaledSum {
  const exponent = exponentFor(magnitude, HIGH_BITS);
  const scaled = sql`(${identifier(column)} * ${literal(2 ** exponent)})`;
  const high = sql`round(${scaled})`;
  return {
    high: dialect.whole(high),
    low: dialect.whole(sql`round((${scaled} - ${high}) * ${literal(2 ** LOW_BITS)})`),
    fraction: (highs, lows) => shifted((highs << BigInt(LOW_BITS)) + lows, exponent + LOW_BITS),
  };
}

export interface ScaledSquares {
  readonly deviation: Sql;
  readonly square: Sql;
  /** Sum of squared deviations from the mean, from the totals of both and the number of values. */
  readonly squares: (deviations: bigint, squares: bigint, count: number) => Fraction;
}

/**
 * @param centre near the mean; a whole number for whole values, which keeps everything exact
 * @param reach at least the greatest distance from the centre
 * @param count number of values
 */
export function scaledSquares(
  value: Sql,
  centre: number,
  reach: number,
  count: number,
  whole: boolean,
  dialect: Dialect,
): ScaledSquares {
  const most = squareBits(count);
  const exponent = whole && reach < 2 ** most ? 0 : exponentFor(reach, most);
  const difference = sql`(${dialect.double(value)} - ${dialect.double(literal(centre))})`;
  const deviation = dialect.whole(sql`round(${difference} * ${literal(2 ** exponent)})`);
  return {
    deviation,
    square: sql`(${dialect.wide(deviation)} * ${dialect.wide(deviation)})`,
    squares: (deviations, squares, count) => {
      const n = BigInt(count);
      const { numerator, denominator } = shifted(squares * n - deviations * deviations, 2 * exponent);
      return { numerator, denominator: denominator * n };
    },
  };
}

/** `value / 2^exponent` */
const shifted = (value: bigint, exponent: number): Fraction =>
  exponent >= 0
    ? { numerator: value, denominator: 1n << BigInt(exponent) }
    : { numerator: value << BigInt(-exponent), denominator: 1n };

const bits = (value: bigint): number => value.toString(2).length;

/** The double nearest to a fraction, ties to even. */
export function nearestDouble({ numerator, denominator }: Fraction): number {
  if (numerator === 0n) return 0;
  const [sign, magnitude] = numerator < 0n ? [-1, -numerator] : [1, numerator];
  // A quotient of 64 or 65 bits with a sticky last bit rounds once when it becomes a double.
  const shift = 64 - (bits(magnitude) - bits(denominator));
  const [top, bottom] =
    shift >= 0 ? [magnitude << BigInt(shift), denominator] : [magnitude, denominator << BigInt(-shift)];
  const quotient = top / bottom;
  const sticky = top % bottom === 0n ? quotient : quotient | 1n;
  const scaled = Number(sticky);
  // In two steps, because 2^-shift alone may be out of a double's range.
  const half = Math.trunc(-shift / 2);
  return sign * scaled * 2 ** half * 2 ** (-shift - half);
}

/** Rounding of computed statistics: a bound as near as this to a value equals it. */
const ROUNDING = 4 * Number.EPSILON;

/** The sign of `value - bound`; 0 where they differ by rounding alone. */
export function orderWithin(value: number, bound: number): number {
  if (value === bound) return 0;
  const difference = value - bound;
  return Math.abs(difference) <= ROUNDING * Math.max(Math.abs(value), Math.abs(bound)) ? 0 : difference;
}
