import { percentile } from '../serving/latency';

/** One request of a caller. */
export interface CallerRequest {
  /** Milliseconds since the callers began, when it was due. */
  readonly at: number;
  /** From when it was due to the last byte of the answer. */
  readonly milliseconds: number;
  /** The variant that answered; absent where the answer does not say. */
  readonly variant?: string;
  /** Name of the error. @default - it was answered */
  readonly error?: string;
}

/** The traffic weights as somebody outside saw them. */
export interface WeightSeen {
  /** Milliseconds since the callers began. */
  readonly at: number;
  readonly weights: Readonly<Record<string, number>>;
}

/** What the callers of an endpoint saw while it changed, and who answered them. */
export interface CallerSummary {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly sent: number;
  readonly answered: number;
  /** Errors that a variant's own model answered with, by variant. */
  readonly failedByModel: Readonly<Record<string, number>>;
  /** Errors that are nobody's answer: refused, unavailable, broken off. There should be none. */
  readonly lost: number;
  /** The first of them, in a word. */
  readonly firstLost?: string;
  readonly bucketSeconds: number;
  readonly variants: readonly VariantSeries[];
  /** Each time the weights changed, the first ones included. */
  readonly weights: readonly WeightSeen[];
}

/** One variant over time; one entry a bucket, `null` where it answered nothing. */
export interface VariantSeries {
  readonly name: string;
  readonly requests: readonly number[];
  readonly failed: readonly number[];
  readonly p50Ms: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
}

export interface CallersSeen {
  readonly startedAt: Date;
  readonly requestsPerSecond: number;
  readonly requests: readonly CallerRequest[];
  readonly weights: readonly WeightSeen[];
}

/** More points than this cannot be told apart on a phone, and fewer have a request of a variant at 5 % in most of them. */
const MOST_BUCKETS = 50;

export const MODEL_ERROR = 'ModelError';

/** Percentiles are by nearest rank (Hyndman & Fan 1996, type 1), within each bucket of time. */
export function summarizeCallers({ startedAt, requestsPerSecond, requests, weights }: CallersSeen): CallerSummary {
  const end = requests.reduce((latest, { at }) => Math.max(latest, at), 0);
  const bucketMs = Math.max(500, Math.ceil(end / MOST_BUCKETS / 500) * 500);
  const failures = requests.filter(({ error }) => error !== undefined);
  const lost = failures.filter(({ error }) => error !== MODEL_ERROR);
  const [first] = lost;
  return {
    startedAt: startedAt.toISOString(),
    seconds: end / 1000,
    requestsPerSecond,
    sent: requests.length,
    answered: requests.length - failures.length,
    failedByModel: countBy(failures.filter(({ error }) => error === MODEL_ERROR)),
    lost: lost.length,
    ...(first?.error === undefined ? {} : { firstLost: first.error }),
    bucketSeconds: bucketMs / 1000,
    variants: seriesOf(requests, bucketMs, Math.floor(end / bucketMs) + 1),
    weights: changesOf(weights),
  };
}

function countBy(requests: readonly CallerRequest[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { variant = 'unknown' } of requests) counts[variant] = (counts[variant] ?? 0) + 1;
  return counts;
}

function seriesOf(requests: readonly CallerRequest[], bucketMs: number, buckets: number): readonly VariantSeries[] {
  const known = requests.filter(({ variant }) => variant !== undefined);
  const names = [...new Set(known.map(({ variant = '' }) => variant))].sort();
  return names.map((name) => {
    const parts: CallerRequest[][] = Array.from({ length: buckets }, () => []);
    for (const request of known) if (request.variant === name) parts[Math.floor(request.at / bucketMs)]?.push(request);
    const latencies = parts.map((part) => part.map(({ milliseconds }) => milliseconds));
    const at = (p: number) => latencies.map((ms) => (ms.length === 0 ? null : round(percentile(ms, p))));
    return {
      name,
      requests: parts.map((part) => part.length),
      failed: parts.map((part) => part.filter(({ error }) => error !== undefined).length),
      p50Ms: at(50),
      p95Ms: at(95),
    };
  });
}

function changesOf(weights: readonly WeightSeen[]): readonly WeightSeen[] {
  const text = (seen: WeightSeen | undefined) => JSON.stringify(seen?.weights);
  return weights.filter((seen, i) => i === 0 || text(seen) !== text(weights[i - 1]));
}

const round = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
