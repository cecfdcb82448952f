import type { ArgumentSpecs, Arguments } from './arguments';

/** `min_value`, `max_value` and whether they are excluded themselves. */
export const boundSpecs = (kind: 'number' | 'count' | 'share' | 'value'): ArgumentSpecs => ({
  min_value: { kind },
  max_value: { kind },
  strict_min: { kind: 'flag' },
  strict_max: { kind: 'flag' },
});

export const needsBound = (args: Arguments): string | undefined =>
  args.value('min_value') === undefined && args.value('max_value') === undefined
    ? 'needs min_value or max_value'
    : undefined;

/** True when `order(bound)` (positive: the value lies above) keeps both bounds; NaN keeps none. */
export function isBetween(args: Arguments, order: (bound: string | number | boolean) => number): boolean {
  const min = args.value('min_value');
  const max = args.value('max_value');
  const above = min === undefined || (args.flag('strict_min') ? order(min) > 0 : order(min) >= 0);
  const below = max === undefined || (args.flag('strict_max') ? order(max) < 0 : order(max) <= 0);
  return above && below;
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
  return words.join(' and ');
}
