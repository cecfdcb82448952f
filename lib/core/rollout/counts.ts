import type { IntervalCounts } from './evidence';
import type { Counts } from './sequential';

/** What the judge counts: failed, refused (4XX) and slow requests. */
export type EventName = 'errors' | 'refused' | 'slow';

/** A variant's totals since the step began. What no period knows is absent. */
export interface Totals {
  readonly requests?: number;
  readonly errors?: Counts;
  readonly refused?: Counts;
  readonly slow?: Counts;
  /** Periods with requests. */
  readonly periods: number;
}

/**
 * Sums periods, each event over those that know it and the requests. A period with more events than requests is not
 * complete yet, for metrics reach CloudWatch one by one: it is left out until it is.
 */
export function totalsOf(intervals: readonly IntervalCounts[]): Totals {
  const known = intervals.filter(({ requests }) => requests !== undefined);
  const sum = (event: EventName): Counts | undefined => {
    const counts = known.flatMap((interval) => countsOf(interval, event) ?? []);
    return counts.length === 0 ? undefined : counts.reduce(add);
  };
  const [errors, refused, slow] = [sum('errors'), sum('refused'), sum('slow')];
  return {
    ...(known.length === 0 ? {} : { requests: known.reduce((total, { requests = 0 }) => total + requests, 0) }),
    ...(errors === undefined ? {} : { errors }),
    ...(refused === undefined ? {} : { refused }),
    ...(slow === undefined ? {} : { slow }),
    periods: known.filter(({ requests = 0 }) => requests > 0).length,
  };
}

/** Periods in which blue answered requests and green has no data. */
export function holesOf(green: readonly IntervalCounts[], blue: readonly IntervalCounts[]): number {
  const seen = new Set(green.filter(({ requests }) => requests !== undefined).map(({ start }) => start));
  return blue.filter(({ start, requests = 0 }) => requests > 0 && !seen.has(start)).length;
}

function countsOf(interval: IntervalCounts, event: EventName): Counts | undefined {
  const { requests = 0 } = interval;
  const events = eventsOf(interval, event);
  return events === undefined || events > requests ? undefined : { requests, events };
}

function eventsOf({ errors4xx, errors5xx, modelErrors, slow }: IntervalCounts, event: EventName): number | undefined {
  if (event === 'slow') return slow;
  if (event === 'refused') return errors4xx;
  if (errors5xx === undefined || modelErrors === undefined) return errors5xx ?? modelErrors;
  return Math.max(errors5xx, modelErrors);
}

const add = (one: Counts, other: Counts): Counts => ({
  requests: one.requests + other.requests,
  events: one.events + other.events,
});
