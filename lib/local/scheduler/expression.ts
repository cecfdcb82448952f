import { compileCron, type NextInstant } from './cron';
import { TimeZone } from './time-zone';

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export interface Recurrence {
  /** `rate(…)`, `cron(…)` or `at(…)` */
  readonly expression: string;
  /** IANA name. */
  readonly timeZone: string;
  /** What a rate counts from. */
  readonly anchor: Date;
  /** Earliest and latest instant, both included. */
  readonly start?: Date;
  readonly end?: Date;
}

/**
 * When a schedule is due: the earliest instant after a given one. A rate is due at its anchor and then at each interval;
 * start and end do not bound a time given by `at(…)`.
 * Source: EventBridge Scheduler User Guide, Schedule types.
 * @throws Error saying what is wrong with the expression
 */
export function compileExpression(recurrence: Recurrence): NextInstant {
  const { expression, timeZone } = recurrence;
  const [, kind, body = ''] = /^\s*(rate|cron|at)\((.*)\)\s*$/.exec(expression) ?? [];
  if (kind === 'rate') return bounded(rate(body, recurrence.anchor), recurrence);
  if (kind === 'cron') return bounded(compileCron(body, zoneOf(timeZone)), recurrence);
  if (kind === 'at') return at(body, zoneOf(timeZone));
  throw new Error(`the schedule ${expression} must be rate(…), cron(…) or at(…)`);
}

function rate(text: string, anchor: Date): NextInstant {
  const [, value, unit = ''] = /^\s*([1-9]\d*)\s+(minute|hour|day)s?\s*$/.exec(text) ?? [];
  const interval = Number(value) * (UNITS[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(interval))
    throw new Error(`rate(${text}) must be a whole number of minutes, hours or days, such as rate(15 minutes)`);
  const first = anchor.getTime();
  return (after) => new Date(first + Math.max(0, Math.floor((after.getTime() - first) / interval) + 1) * interval);
}

function at(text: string, zone: TimeZone): NextInstant {
  const [, date] = /^\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\s*$/.exec(text) ?? [];
  const wall = new Date(`${date}Z`);
  if (Number.isNaN(wall.getTime())) throw new Error(`at(${text}) must be a time such as at(2026-11-25T09:00:00)`);
  const instant = zone.instant(wall);
  if (instant === undefined) throw new Error(`at(${text}) does not exist in ${zone.name}: clocks skip it`);
  return (after) => (instant > after ? instant : undefined);
}

function zoneOf(name: string): TimeZone {
  try {
    return new TimeZone(name);
  } catch (error) {
    throw new Error(`the time zone ${name} is not known; use an IANA name such as Europe/Berlin`, { cause: error });
  }
}

function bounded(next: NextInstant, { start, end }: Recurrence): NextInstant {
  return (after) => {
    const from = start === undefined ? after : new Date(Math.max(after.getTime(), start.getTime() - 1));
    const due = next(from);
    return due === undefined || (end !== undefined && due > end) ? undefined : due;
  };
}
