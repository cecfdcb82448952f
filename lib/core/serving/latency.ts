import type { Check } from '../report/report';

export interface LatencyBudget {
  /** Above 0, below 100. */
  readonly percentile: number;
  readonly maxMs: number;
}

/**
 * The p-th percentile by nearest rank: the smallest value that at least p % of the values do not exceed.
 * Source: Hyndman & Fan (1996), The American Statistician 50, 361–365, definition 1. NaN for no values.
 */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  // 95 / 100 * 20 is 19.000000000000004 in floating point; the rank is 19.
  const rank = Math.ceil(Number(((p * sorted.length) / 100).toFixed(9)));
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

/** Fewest requests with which a percentile is not simply the slowest request: 20 for the 95th, 100 for the 99th. */
export const requestsForPercentile = (p: number): number => Math.ceil(Number((100 / (100 - p)).toFixed(9)));

export function latencyCheck(milliseconds: readonly number[], budget: LatencyBudget, warmUps: number): Check {
  const n = milliseconds.length;
  const name = `p${budget.percentile}`;
  const estimate = percentile(milliseconds, budget.percentile);
  const percentilesMs =
    n === 0 ? {} : { p50: percentile(milliseconds, 50), [name]: estimate, max: Math.max(...milliseconds) };
  const evidence = {
    statistic: `latency_${name}_ms`,
    estimate: n === 0 ? null : estimate,
    method: 'nearest_rank',
    n,
    threshold: budget.maxMs,
    percentilesMs,
    warmUpRequests: warmUps,
  };
  const about = `over ${n} requests, ${warmUps} warm-up requests not counted`;
  const needed = requestsForPercentile(budget.percentile);
  if (n < needed) {
    return {
      id: 'serving.latency',
      verdict: 'inconclusive',
      reason: `${name} of latency needs ${needed} requests; ${n} were measured`,
      evidence,
    };
  }
  const verdict = estimate <= budget.maxMs ? 'pass' : 'fail';
  const reason = `${name} of latency is ${estimate.toFixed(1)} ms ${about}; ${budget.maxMs} ms is allowed`;
  return { id: 'serving.latency', verdict, reason, evidence };
}
