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

/** A label's anchor that keeps it inside the drawing. */
export function anchorFor(x: number, width: number): 'start' | 'middle' | 'end' {
  if (x < 40) return 'start';
  return x > width - 40 ? 'end' : 'middle';
}
