import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { VariantTotals } from '../../lib/core/rollout/judge';
import { ENDPOINT_METRICS } from '../../lib/rollout/contract';

const PERIOD = 60;

const QUERIES = [
  { id: 'requests', metric: ENDPOINT_METRICS.invocations, stat: 'Sum' },
  { id: 'errors5xx', metric: ENDPOINT_METRICS.errors5xx, stat: 'Sum' },
  { id: 'modelErrors', metric: ENDPOINT_METRICS.modelErrors, stat: 'Sum' },
  { id: 'latency', metric: ENDPOINT_METRICS.latency, stat: 'p90' },
] as const;

/** Value by the period's start, in milliseconds. */
type Series = ReadonlyMap<number, number>;

/**
 * What a variant did from `since` to `now`. A period counts only if it began after `since`: SageMaker's metrics are
 * those of whole minutes, and the minute in which a step began also holds the requests of the checks before it.
 */
export async function readTotals(
  cloudwatch: CloudWatchClient,
  target: { readonly endpoint: string; readonly variant: string },
  since: Date,
  now: Date,
): Promise<VariantTotals> {
  const start = new Date(Math.ceil(since.getTime() / 1000) * 1000);
  // The end is exclusive and cut to the second.
  const end = new Date(Math.ceil(now.getTime() / 1000) * 1000 + 1000);
  const results: MetricDataResult[] = [];
  let token: string | undefined;
  do {
    const page = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: start,
        EndTime: end,
        ScanBy: 'TimestampAscending',
        MetricDataQueries: QUERIES.map((query) => metricQuery(query, target)),
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    results.push(...(page.MetricDataResults ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  const series = (id: string) => toSeries(results, id, start);
  return totals(series('requests'), series('errors5xx'), series('modelErrors'), series('latency'));
}

function metricQuery(
  query: (typeof QUERIES)[number],
  { endpoint, variant }: { readonly endpoint: string; readonly variant: string },
): MetricDataQuery {
  const Dimensions = [
    { Name: 'EndpointName', Value: endpoint },
    { Name: 'VariantName', Value: variant },
  ];
  const Metric = { Namespace: ENDPOINT_METRICS.namespace, MetricName: query.metric, Dimensions };
  return { Id: query.id, MetricStat: { Metric, Period: PERIOD, Stat: query.stat } };
}

function toSeries(results: readonly MetricDataResult[], id: string, start: Date): Series {
  const series = new Map<number, number>();
  for (const result of results.filter((entry) => entry.Id === id)) {
    for (const [i, timestamp] of (result.Timestamps ?? []).entries()) {
      const value = result.Values?.[i];
      if (value !== undefined && timestamp >= start) series.set(timestamp.getTime(), value);
    }
  }
  return series;
}

/**
 * A failed request of the model is counted by both error metrics, so the greater of the two is the number of failed
 * requests. The percentile of several minutes is the mean of theirs, weighted by requests: an approximation, as a
 * percentile cannot be had from others exactly.
 */
function totals(requests: Series, errors5xx: Series, modelErrors: Series, latency: Series): VariantTotals {
  const errors = [errors5xx, modelErrors].filter((series) => series.size > 0).map(sum);
  const weighted = [...latency].map(([time, micros]) => ({ micros, weight: requests.get(time) ?? 0 }));
  const weight = weighted.reduce((total, entry) => total + entry.weight, 0);
  const micros = weighted.reduce((total, entry) => total + entry.micros * entry.weight, 0) / weight;
  return {
    ...(requests.size === 0 ? {} : { requests: sum(requests) }),
    ...(errors.length === 0 ? {} : { errors: Math.max(...errors) }),
    ...(weight > 0 ? { p90LatencyMs: micros / 1000 } : {}),
  };
}

const sum = (series: Series): number => [...series.values()].reduce((total, value) => total + value, 0);
