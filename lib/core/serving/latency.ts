import type { Check } from '../report/report';
import { quantileInterval } from '../statistics/quantile-interval';

export interface PercentileBudget {
  /** Above 0, below 100. */
  readonly percentile: number;
  readonly maxMs: number;
}

export interface LatencyBudget {
  /** @default 95 */
  readonly percentile?: number | undefined;
  /** @default 500 */
  readonly maxMs?: number | undefined;
  /** Several limits in milliseconds by name, e.g. `{p50: 100, p99: 800}`. @default the one above */
  readonly percentiles?: Readonly<Record<string, number>> | undefined;
  /** What must lie within the limit: the percentile, or the upper end of its interval. */
  readonly decide: 'point' | 'upper-bound';
  readonly confidence: number;
  /** Requests measured at least. @default as many as the percentiles need */
  readonly requests?: number | undefined;
  /** Open loop. @default one request after the other */
  readonly ratePerSecond?: number | undefined;
}

export function budgetsOf({
  percentile: p = 95,
  maxMs = 500,
  percentiles,
}: LatencyBudget): readonly PercentileBudget[] {
  if (percentiles === undefined) return [{ percentile: p, maxMs }];
  return Object.entries(percentiles).map(([name, limit]) => ({ percentile: Number(name.slice(1)), maxMs: limit }));
}

/**
 * The p-th percentile by nearest rank: the smallest value that at least p % of the values do not exceed.
 * Source: Hyndman & Fan (1996), The American Statistician 50, 361–365, definition 1. NaN for no values.
 */
export function percentile(values: readonly number[], p: number): number {
  return nearestRank(sorted(values), p);
}

function nearestRank(ascending: Float64Array, p: number): number {
  // 95 / 100 * 20 is 19.000000000000004 in floating point; the rank is 19.
  const rank = Math.ceil(Number(((p * ascending.length) / 100).toFixed(9)));
  return ascending[Math.max(0, rank - 1)] ?? Number.NaN;
}

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

/** Fewest requests with which a percentile is not simply the slowest request: 20 for the 95th, 100 for the 99th. */
export const requestsForPercentile = (p: number): number => Math.ceil(Number((100 / (100 - p)).toFixed(9)));

/**
 * Fewest requests whose slowest bounds a percentile from above: the least n with pⁿ ≤ (1 − confidence)/2, and likewise from
 * below. 72 for the 95th percentile at 95 %, 368 for the 99th.
 */
export function requestsForInterval(p: number, confidence: number): number {
  const tail = (1 - confidence) / 2;
  const least = (share: number): number => Math.ceil(Math.log(tail) / Math.log(share));
  return Math.max(least(p / 100), least(1 - p / 100));
}

/** Requests that a budget needs to be judged. */
export function requestsForBudget(budget: LatencyBudget): number {
  return Math.max(budget.requests ?? 1, ...budgetsOf(budget).map((each) => requestsFor(each, budget)));
}

const requestsFor = ({ percentile: p }: PercentileBudget, { decide, confidence }: LatencyBudget): number =>
  decide === 'point' ? requestsForPercentile(p) : requestsForInterval(p, confidence);

/** A check for each percentile; `serving.latency` where there is one alone. */
export function latencyChecks(
  milliseconds: readonly number[],
  budget: LatencyBudget,
  warmUps: number,
): readonly Check[] {
  const ascending = sorted(milliseconds);
  const budgets = budgetsOf(budget);
  return budgets.map((each) => {
    const name = `p${each.percentile}`;
    const id = budgets.length === 1 ? 'serving.latency' : `serving.latency.${name}`;
    return { id, ...latencyCheck(ascending, each, budget, warmUps) };
  });
}

function latencyCheck(
  ascending: Float64Array,
  each: PercentileBudget,
  budget: LatencyBudget,
  warmUps: number,
): Omit<Check, 'id'> {
  const { percentile: p, maxMs } = each;
  const { decide, confidence, ratePerSecond } = budget;
  const n = ascending.length;
  const name = `p${p}`;
  const estimate = n === 0 ? null : nearestRank(ascending, p);
  const interval = n === 0 ? null : quantileInterval(ascending, p / 100, confidence).interval;
  const evidence = {
    statistic: `latency_${name}_ms`,
    estimate,
    interval,
    confidence,
    method: 'order_statistics',
    n,
    threshold: maxMs,
    decide,
    percentilesMs: percentiles(ascending, [50, ...budgetsOf(budget).map((other) => other.percentile)]),
    load: ratePerSecond === undefined ? 'one request after the other' : `${ratePerSecond} requests a second`,
    warmUpRequests: warmUps,
  };
  const needed = Math.max(budget.requests ?? 1, requestsFor(each, budget));
  if (n < needed || estimate === null || (decide === 'upper-bound' && interval === null)) {
    const reason = `${name} of latency needs ${needed} requests; ${n} were measured`;
    return { verdict: 'inconclusive', reason, evidence };
  }
  const value = decide === 'upper-bound' ? (interval?.[1] ?? Number.NaN) : estimate;
  const about = `over ${n} requests, ${warmUps} warm-up requests not counted`;
  const bound = decide === 'upper-bound' ? `, at most ${value.toFixed(1)} ms at ${confidence * 100} %` : '';
  const reason = `${name} of latency is ${estimate.toFixed(1)} ms${bound} ${about}; ${maxMs} ms is allowed`;
  return { verdict: value <= maxMs ? 'pass' : 'fail', reason, evidence };
}

function percentiles(ascending: Float64Array, wanted: readonly number[]): Readonly<Record<string, number>> {
  if (ascending.length === 0) return {};
  const ordered = [...new Set(wanted)].sort((a, b) => a - b);
  const named = ordered.map((p) => [`p${p}`, nearestRank(ascending, p)] as const);
  return { ...Object.fromEntries(named), max: ascending.at(-1) ?? Number.NaN };
}
