import { isRecord } from '../detail';

/** Maps `[from, to]` onto `[start, end]` of the drawing, rounded to what an eye can tell apart. */
export function linear(from: number, to: number, start: number, end: number): (value: number) => number {
  const width = to - from;
  return (value) => {
    const share = width === 0 ? 0.5 : (value - from) / width;
    return Math.round((start + share * (end - start)) * 10) / 10;
  };
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Values that must all be finite, or nothing is drawn. */
export function numbersOf(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every(isNumber) ? value : undefined;
}

/** An estimate and, where it has one, its interval. */
export interface Spread {
  readonly estimate: number;
  readonly interval: readonly [number, number] | undefined;
}

/** A number, or a record with `estimate` and `interval`. */
export function estimateOf(value: unknown): Spread | undefined {
  if (isNumber(value)) return { estimate: value, interval: undefined };
  if (!isRecord(value) || !isNumber(value.estimate)) return undefined;
  const [low, high] = numbersOf(value.interval) ?? [];
  return {
    estimate: value.estimate,
    interval: low === undefined || high === undefined ? undefined : [low, high],
  };
}

/** A label's anchor that keeps it inside the drawing. */
export function anchorFor(x: number, width: number): 'start' | 'middle' | 'end' {
  if (x < 40) return 'start';
  return x > width - 40 ? 'end' : 'middle';
}

/** A label of at most so many characters; the whole of it is in the table. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
