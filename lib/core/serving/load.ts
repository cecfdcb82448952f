import { formatNumber, formatPercent, plural } from '../report/format';
import type { Check } from '../report/report';
import { twoSidedQuantile } from '../statistics/normal';
import { wilsonInterval } from '../statistics/wilson';

export interface ThroughputBudget {
  readonly minRequestsPerSecond: number;
  readonly concurrency: number;
  readonly decide: 'point' | 'lower-bound';
  readonly confidence: number;
}

/** What an endpoint did while it was kept busy: every place of `concurrency` sends its next request when it has its answer. */
export interface LoadFacts {
  readonly seconds: number;
  /** Time of each answered request. */
  readonly milliseconds: readonly number[];
}

/** Fewest answers whose mean time is about normal. */
const LEAST_ANSWERS = 30;

/**
 * Answered requests a second. Its interval is that of a renewal process for each place: with mean μ and variance σ² of a
 * request's time, N(T)/T has the asymptotic variance σ²/(μ³·T), and places add.
 * Source: D. R. Cox, "Renewal theory", 1962, section 3.3.
 */
export function throughputCheck(facts: LoadFacts, budget: ThroughputBudget): Check {
  const id = 'serving.throughput';
  const { seconds, milliseconds } = facts;
  const { concurrency, minRequestsPerSecond: least, decide, confidence } = budget;
  const n = milliseconds.length;
  const estimate = seconds > 0 ? n / seconds : null;
  const interval = n < LEAST_ANSWERS || estimate === null ? null : renewalInterval(facts, concurrency, confidence);
  const evidence = {
    statistic: 'requests_per_second',
    estimate,
    interval,
    confidence,
    method: 'renewal',
    n,
    threshold: least,
    decide,
    concurrency,
    seconds,
  };
  if (estimate === null || interval === null) {
    const reason = `throughput needs ${LEAST_ANSWERS} answers; ${n} came in ${formatNumber(seconds)} s`;
    return { id, verdict: 'inconclusive', reason, evidence };
  }
  const value = decide === 'point' ? estimate : interval[0];
  const found = `${formatNumber(estimate)} requests a second at ${plural(concurrency, 'request')} under way (${formatPercent(confidence)} interval ${formatNumber(interval[0])} to ${formatNumber(interval[1])}, ${plural(n, 'answer')})`;
  return { id, verdict: value >= least ? 'pass' : 'fail', reason: `${found}; ${least} are required`, evidence };
}

function renewalInterval(
  { seconds, milliseconds }: LoadFacts,
  concurrency: number,
  confidence: number,
): readonly [number, number] {
  const n = milliseconds.length;
  const mean = milliseconds.reduce((sum, value) => sum + value / 1000, 0) / n;
  const variance = milliseconds.reduce((sum, value) => sum + (value / 1000 - mean) ** 2, 0) / (n - 1);
  const half = twoSidedQuantile(confidence) * Math.sqrt((concurrency * variance) / (mean ** 3 * seconds));
  return [Math.max(0, n / seconds - half), n / seconds + half];
}

export interface ErrorBudget {
  readonly maxRate: number;
  readonly decide: 'point' | 'upper-bound';
  readonly confidence: number;
}

/** Requests that ended in an error, of all that were measured. */
export interface ErrorFacts {
  readonly requests: number;
  readonly errors: number;
  /** One line. */
  readonly first?: string | undefined;
}

export function errorCheck(
  { requests, errors, first }: ErrorFacts,
  { maxRate, decide, confidence }: ErrorBudget,
): Check {
  const id = 'serving.errors';
  const interval = requests === 0 ? null : wilsonInterval(errors, requests, confidence);
  const estimate = requests === 0 ? null : errors / requests;
  const evidence = {
    statistic: 'error_rate',
    estimate,
    interval,
    confidence,
    method: 'wilson',
    n: requests,
    threshold: maxRate,
    decide,
    errors,
  };
  if (estimate === null || interval === null) {
    return { id, verdict: 'inconclusive', reason: 'no request was measured', evidence };
  }
  const value = decide === 'point' ? estimate : interval[1];
  const bound = decide === 'point' ? '' : `, at most ${formatPercent(interval[1])} at ${formatPercent(confidence)}`;
  const found = `${errors} of ${plural(requests, 'request')} ended in an error (${formatPercent(estimate)}${bound}); ${formatPercent(maxRate)} is allowed`;
  if (value <= maxRate) return { id, verdict: 'pass', reason: found, evidence };
  // Not one error, and the bound still lies above: there are too few requests to tell.
  if (errors === 0) return { id, verdict: 'inconclusive', reason: `${found}: more requests are needed`, evidence };
  return { id, verdict: 'fail', reason: first === undefined ? found : `${found}; the first: ${first}`, evidence };
}

/** @param bytes sizes of all answers */
export function sizeCheck(bytes: readonly number[], maxBytes: number): Check {
  const id = 'serving.size';
  const largest = bytes.reduce((most, size) => Math.max(most, size), 0);
  const n = bytes.length;
  const evidence = {
    statistic: 'max_answer_bytes',
    estimate: n === 0 ? null : largest,
    method: 'maximum',
    n,
    threshold: maxBytes,
  };
  if (n === 0) return { id, verdict: 'inconclusive', reason: 'no answer was measured', evidence };
  const reason = `the largest of ${plural(n, 'answer')} has ${formatNumber(largest)} bytes; ${formatNumber(maxBytes)} are allowed`;
  return { id, verdict: largest <= maxBytes ? 'pass' : 'fail', reason, evidence };
}
