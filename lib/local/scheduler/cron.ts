import { Cron } from 'croner';
import type { TimeZone } from './time-zone';

interface Field {
  readonly name: string;
  /** Steps without an end (`5/15`) go up to it. */
  readonly last: number;
  readonly allowed: RegExp;
}

/** The six fields of AWS's cron expressions, in order. Source: EventBridge Scheduler User Guide, Schedule types. */
const FIELDS: readonly Field[] = [
  { name: 'minutes', last: 59, allowed: /^[\d*,/-]+$/ },
  { name: 'hours', last: 23, allowed: /^[\d*,/-]+$/ },
  { name: 'day-of-month', last: 31, allowed: /^(\?|[\d*,/LW-]+)$/ },
  { name: 'month', last: 12, allowed: /^[\dA-Z*,/-]+$/ },
  { name: 'day-of-week', last: 7, allowed: /^(\?|[1-7A-Z*,/#-]+)$/ },
  { name: 'year', last: 2199, allowed: /^[\d*,/-]+$/ },
];

/** Wall-clock times are compared up to here; a pattern that has matched nothing by then never does. */
const LAST_YEAR = 2200;

export type NextInstant = (after: Date) => Date | undefined;

/**
 * Compiles the fields of `cron(…)` in AWS's dialect: six fields, Sunday is 1, and either day field is `?`.
 * A time that clocks skip when summer time begins is skipped; one that they show twice happens once.
 * @throws Error naming the field that cannot be executed
 */
export function compileCron(text: string, zone: TimeZone): NextInstant {
  const fields = text.trim().toUpperCase().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    const names = FIELDS.map(({ name }) => name).join(' ');
    throw new Error(`cron(${text}) has ${fields.length} fields; it must have 6: ${names}`);
  }
  if ((fields[2] === '?') === (fields[4] === '?'))
    throw new Error(`cron(${text}): exactly one of day-of-month and day-of-week must be ?`);
  const pattern = fields.map((field, index) => translate(field, FIELDS[index], text)).join(' ');
  // Summer time is left to the zone: croner would move a time that clocks skip, where AWS leaves it out.
  const cron = parse(`0 ${pattern}`, text);
  return (after) => {
    let wall: Date | null = cron.nextRun(zone.wallBefore(after));
    for (; wall !== null && wall.getUTCFullYear() < LAST_YEAR; wall = cron.nextRun(wall)) {
      const instant = zone.instant(wall);
      if (instant !== undefined && instant > after) return instant;
    }
    return undefined;
  };
}

function translate(text: string, field: Field | undefined, whole: string): string {
  if (field === undefined || !field.allowed.test(text))
    throw new Error(`cron(${whole}): the ${field?.name} field cannot be ${text}`);
  const { last, name } = field;
  if (text === 'L' && name === 'day-of-week') return '7';
  return text
    .split(',')
    .map((part) => part.replace(/^(\d+)\//, `$1-${last}/`))
    .join(',');
}

function parse(pattern: string, text: string): Cron {
  try {
    return new Cron(pattern, { timezone: 'UTC', mode: '7-part', alternativeWeekdays: true, paused: true });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`cron(${text}) cannot be executed: ${message.replace(/^Cron\w+: /, '')}`, { cause: error });
  }
}
