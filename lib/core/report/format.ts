const MINUS = '\u2212';
const NARROW_SPACE = '\u202F';

/**
 * A number for a sentence: four significant digits below 1,000, grouped whole numbers above, a true minus sign.
 * Not-a-number and infinities keep their names, so that a broken statistic is seen.
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'infinity' : `${MINUS}infinity`;
  const size = Math.abs(value);
  const text = formatSize(size);
  // What rounds to nothing has no sign.
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

function formatSize(size: number): string {
  if (Number.isInteger(size) && size < 1e15) return String(size).replace(/\B(?=(\d{3})+$)/g, ',');
  if (size >= 1000) return size < 1e15 ? formatSize(Math.round(size)) : size.toExponential(2);
  if (size < 1e-4) return size === 0 ? '0' : size.toExponential(1).replace('-', MINUS);
  if (size < 1) return size.toFixed(4).replace(/\.?0+$/, '');
  return size.toPrecision(4).replace(/\.?0+$/, '');
}

/** As formatNumber, with more digits where a number would otherwise read like one that it is held against. */
export function formatApart(value: number, others: readonly number[]): string {
  const text = formatNumber(value);
  const misread = others.some((other) => other !== value && formatNumber(other) === text);
  return misread ? String(value).replace('-', MINUS) : text;
}

/** `0.95` → `95 %`. */
export function formatPercent(share: number): string {
  return `${formatNumber(Math.round(share * 1e4) / 100)}${NARROW_SPACE}%`;
}

/** `−0.004 to 0.008`. */
export function formatInterval([low, high]: readonly [number, number]): string {
  return `${formatNumber(low)} to ${formatNumber(high)}`;
}

/** Seconds as a person says them: `0.4 s`, `12 s`, `3 min 05 s`, `1 h 04 min`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatNumber(seconds);
  if (seconds < 10) return `${seconds.toFixed(1)}${NARROW_SPACE}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${NARROW_SPACE}s`;
  const minutes = Math.floor(whole / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (minutes < 60) return `${minutes}${NARROW_SPACE}min ${two(whole % 60)}${NARROW_SPACE}s`;
  return `${Math.floor(minutes / 60)}${NARROW_SPACE}h ${two(minutes % 60)}${NARROW_SPACE}min`;
}

/** An ISO time stamp to the second, in UTC: `2026-11-03 14:05:09 UTC`. Anything else is returned as it came. */
export function formatTime(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]} UTC`;
}

/** `1 row`, `2 rows`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
