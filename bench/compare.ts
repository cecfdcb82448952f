import type { Figures, Row } from './types';

const TOLERANCE = 1e-9;

/**
 * Why the answers differ, if they do. Every figure that the rival knows must be known here too, and whole numbers must
 * be equal: a fast wrong answer is worth nothing.
 */
export function difference(ours: Figures, theirs: Figures, tolerance: Row['tolerance'] = {}): string | undefined {
  const wrong = Object.entries(theirs).flatMap(([name, expected]) => {
    const found = ours[name];
    if (found === undefined) return [`${name} is missing`];
    const allowed = tolerance[name] ?? tolerance[name.replace(/_.*/, '_*')] ?? TOLERANCE;
    const exact = Number.isInteger(expected) && Number.isInteger(found);
    const same = exact && allowed <= TOLERANCE ? found === expected : isClose(found, expected, allowed);
    return same ? [] : [`${name} is ${found}, beside it ${expected}`];
  });
  if (Object.keys(theirs).length === 0) return 'the other side told no figure to compare';
  return wrong.length === 0 ? undefined : `the answers differ: ${wrong.slice(0, 3).join('; ')}`;
}

/** Relative, and absolute near zero: p-values and distances of nothing. */
function isClose(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1e-3);
}
