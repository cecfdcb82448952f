/** Milliseconds, and seconds, of a day. */
const DAY_MS = 86_400_000;

/** Units of numeric baseline columns that are dates and times, with the number of a text in them. */
const UNITS: Readonly<Record<string, (text: string) => number>> = {
  'days since 1970-01-01': (text) => Date.parse(text) / DAY_MS,
  'seconds since 1970-01-01 UTC': (text) => Date.parse(withZone(text)) / 1000,
  'seconds of the day': (text) => secondsOfDay(text),
};

/**
 * The number of a captured value, as the baseline counted it.
 *
 * @param unit of the baseline's column
 * @returns NaN for what is missing: null, no text, NaN; undefined for what is no number
 */
export function numberOf(value: unknown, unit?: string): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '' || /^(nan|null|none)$/i.test(text)) return Number.NaN;
  const number = unit === undefined ? Number(text) : (UNITS[unit]?.(text) ?? Number.NaN);
  return Number.isNaN(number) ? undefined : number;
}

/** The category of a captured value, as the baseline names it; undefined for what is missing. */
export function categoryOf(value: unknown, booleans: boolean): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' && Number.isNaN(value)) return undefined;
  if (typeof value === 'object') return JSON.stringify(value);
  const text = String(value);
  return booleans ? (BOOLEANS[text.toLowerCase()] ?? text) : text;
}

/** How clients write truth; the database writes `true` and `false`. */
const BOOLEANS: Readonly<Record<string, string>> = { true: 'true', false: 'false', '1': 'true', '0': 'false' };

/** A time without a zone is UTC, as the database reads it. */
const withZone = (text: string): string =>
  /\d[T ]\d/.test(text) && !/(?:[zZ]|[+-]\d{2}:?\d{2})$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;

function secondsOfDay(text: string): number {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(text);
  if (found === null) return Number.NaN;
  return Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0);
}
