import { joinSql, type Sql, sql } from '../../sql/sql';
import type { ArgumentKind } from '../argument-kinds';
import type { ArgumentSpecs, Arguments } from '../arguments';
import { type Comparison, type Context, comparison } from './context';

/** `min_value`, `max_value` and whether they are excluded themselves. */
export const boundSpecs = (kind: ArgumentKind): ArgumentSpecs => ({
  min_value: { kind },
  max_value: { kind },
  strict_min: { kind: 'flag' },
  strict_max: { kind: 'flag' },
});

export const needsBound = (args: Arguments): string | undefined =>
  args.value('min_value') === undefined && args.value('max_value') === undefined
    ? 'needs min_value or max_value: min_value and max_value cannot both be None'
    : undefined;

export function inOrder(args: Arguments): string | undefined {
  const [min, max] = [args.value('min_value'), args.value('max_value')];
  const wrong = typeof min === typeof max && min !== undefined && max !== undefined && min > max;
  return wrong ? `min_value cannot be greater than max_value; found ${min} and ${max}` : undefined;
}

/** `between 0 and 72`, `at least 0`, `above 0 and at most 72` … */
export function boundWords(args: Arguments): string {
  const min = args.value('min_value');
  const max = args.value('max_value');
  const [strictMin, strictMax] = [args.flag('strict_min'), args.flag('strict_max')];
  if (min !== undefined && max !== undefined && !strictMin && !strictMax) return `between ${min} and ${max}`;
  const words = [
    ...(min === undefined ? [] : [`${strictMin ? 'above' : 'at least'} ${min}`]),
    ...(max === undefined ? [] : [`${strictMax ? 'below' : 'at most'} ${max}`]),
  ];
  return words.length === 0 ? 'anything' : words.join(' and ');
}

/** SQL that is true where a value lies outside the bounds. `compare` writes the value beside a bound. */
export function outside(args: Arguments, compare: (bound: string | number | boolean) => Comparison): Sql {
  const [min, max] = [args.value('min_value'), args.value('max_value')];
  const parts: Sql[] = [];
  if (min !== undefined) {
    const { left, right } = compare(min);
    parts.push(args.flag('strict_min') ? sql`${left} <= ${right}` : sql`${left} < ${right}`);
  }
  if (max !== undefined) {
    const { left, right } = compare(max);
    parts.push(args.flag('strict_max') ? sql`${left} >= ${right}` : sql`${left} > ${right}`);
  }
  return parts.length === 0 ? sql`FALSE` : sql`(${joinSql(parts, ' OR ')})`;
}

export const outsideColumn = (context: Context): Sql =>
  outside(context.args, (bound) => comparison(context, context.args.column, bound));

/** True when `order(bound)` (positive: the value lies above) keeps both bounds; NaN keeps none. */
export function isBetween(args: Arguments, order: (bound: string | number | boolean) => number): boolean {
  const [min, max] = [args.value('min_value'), args.value('max_value')];
  const above = min === undefined || (args.flag('strict_min') ? order(min) > 0 : order(min) >= 0);
  const below = max === undefined || (args.flag('strict_max') ? order(max) < 0 : order(max) <= 0);
  return above && below;
}
