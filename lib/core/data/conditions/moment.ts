/**
 * Dates as people write them, read as python-dateutil's `parser.parse` does: ISO 8601, month names, `01/31/2020`
 * (month first unless that cannot be), times with AM and PM, offsets. Source: python-dateutil documentation, "parser".
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LONG_MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october'],
  ...['november', 'december'],
];
const WEEKDAYS = new Set([
  ...['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
  ...['saturday', 'sunday'],
]);
/** Words without a meaning of their own. */
const FILLERS = new Set(['at', 'on', 'and', 'ad', 'of', 'st', 'nd', 'rd', 'th']);
const ZONES = new Set([
  'utc',
  'gmt',
  'z',
  'est',
  'edt',
  'cst',
  'cdt',
  'mst',
  'mdt',
  'pst',
  'pdt',
  'cet',
  'cest',
  'bst',
]);

const TIME =
  /(?:[tT]|\s|^)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2}(?!\d|-))?(?=\s|,|$)/i;
const HOUR = /(?:^|\s)(\d{1,2})\s*([ap]m)\b/i;

interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction: string;
  /** Minutes east of UTC. */
  readonly offset: number;
  readonly rest: string;
}

/** Undefined for a time that no clock shows. */
function takeClock(text: string): Clock | undefined {
  const full = TIME.exec(text);
  const match = full ?? HOUR.exec(text);
  if (match === null) return { hour: 0, minute: 0, second: 0, fraction: '', offset: 0, rest: text };
  const half = (full === null ? match[2] : match[5])?.toLowerCase()[0];
  const hour = Number(match[1]);
  const [minute, second] = full === null ? [0, 0] : [Number(match[2]), Number(match[3] ?? 0)];
  if (minute > 59 || second > 59 || hour > 23 || (half !== undefined && (hour > 12 || hour < 1))) return undefined;
  const shifted = half === 'p' && hour < 12 ? hour + 12 : half === 'a' && hour === 12 ? 0 : hour;
  return {
    hour: shifted,
    minute,
    second,
    fraction: full === null ? '' : (match[4] ?? ''),
    offset: full === null ? 0 : minutesOf(match[6]),
    rest: `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`,
  };
}

function minutesOf(offset: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset ?? '');
  if (parts === null) return 0;
  return (Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * (parts[1] === '-' ? -1 : 1);
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const valid = ({ year, month, day }: Day): boolean =>
  month >= 1 && month <= 12 && day >= 1 && year >= 1 && year <= 9999 && day <= daysIn(year, month);

const fullYear = (digits: string): number =>
  digits.length > 2 ? Number(digits) : Number(digits) + (Number(digits) < 69 ? 2000 : 1900);

/** A day from what is left when the time is gone; numbers alone are month, day, year unless they cannot be. */
function takeDay(text: string): Day | undefined {
  const compact = /^\s*(\d{4})(\d{2})(\d{2})\s*$/.exec(text);
  const tokens = compact === null ? (text.match(/\d+|[a-z]+/gi) ?? []) : compact.slice(1);
  if (text.replace(/[\d\sa-z.,/\-']/gi, '') !== '') return undefined;
  let month: number | undefined;
  const numbers: string[] = [];
  for (const token of tokens) {
    const word = token.toLowerCase();
    if (/^\d/.test(token)) numbers.push(token);
    else {
      const named = [MONTHS.indexOf(word.slice(0, word === 'sept' ? 3 : 99)), LONG_MONTHS.indexOf(word)].find(
        (i) => i >= 0,
      );
      if (named !== undefined) month = named + 1;
      else if (!WEEKDAYS.has(word) && !FILLERS.has(word) && !ZONES.has(word)) return undefined;
    }
  }
  if (numbers.length > 3 || numbers.some((digits) => digits.length > 4)) return undefined;
  return [...arrange(numbers, month)].find(valid);
}

const isYear = (digits: string): boolean => digits.length > 2 || Number(digits) > 31;

/** Ways to read the numbers, the likeliest first. What is not said is the first of its kind. */
function* arrange(numbers: readonly string[], month: number | undefined): Generator<Day> {
  if (month !== undefined) {
    yield* besideMonth(numbers, month);
    return;
  }
  const [a = '', b = '', c = ''] = numbers;
  if (numbers.length === 3) {
    if (isYear(a)) yield { year: fullYear(a), month: Number(b), day: Number(c) };
    else {
      yield* bothWays(fullYear(c), a, b);
      yield { year: fullYear(a), month: Number(b), day: Number(c) };
    }
  } else if (numbers.length === 2) yield* twoNumbers(a, b);
  else if (numbers.length === 1) {
    yield isYear(a) ? { year: fullYear(a), month: 1, day: 1 } : { year: 2000, month: 1, day: Number(a) };
  }
}

/** `July 4 1976`, `2019 Sep`, `5 March`. */
function* besideMonth(numbers: readonly string[], month: number): Generator<Day> {
  const [a = '', b = ''] = numbers;
  if (numbers.length > 2) return;
  if (numbers.length === 2) {
    const [day, year] = isYear(a) ? [b, a] : [a, b];
    yield { year: fullYear(year), month, day: Number(day) };
  } else if (numbers.length === 1) {
    yield isYear(a) ? { year: fullYear(a), month, day: 1 } : { year: 2000, month, day: Number(a) };
  } else yield { year: 2000, month, day: 1 };
}

function* twoNumbers(a: string, b: string): Generator<Day> {
  if (isYear(a)) yield { year: fullYear(a), month: Number(b), day: 1 };
  else if (isYear(b)) yield { year: fullYear(b), month: Number(a), day: 1 };
  else yield* bothWays(2000, a, b);
}

function* bothWays(year: number, first: string, second: string): Generator<Day> {
  yield { year, month: Number(first), day: Number(second) };
  yield { year, month: Number(second), day: Number(first) };
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** The moment in ISO 8601 without an offset (UTC where one was given), or undefined for what is no date. */
export function parseMoment(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || !/\d|[a-z]{3}/i.test(trimmed)) return undefined;
  const clock = takeClock(trimmed);
  if (clock === undefined) return undefined;
  const dateless = clock.rest !== trimmed && clock.rest.trim() === '';
  const day = dateless ? { year: 2000, month: 1, day: 1 } : takeDay(clock.rest);
  if (day === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(day.year, day.month - 1, day.day);
  date.setUTCHours(clock.hour, clock.minute - clock.offset, clock.second);
  const seconds = `${pad(date.getUTCSeconds())}${clock.fraction === '' ? '' : `.${clock.fraction.slice(0, 6)}`}`;
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}T${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${seconds}`;
}
