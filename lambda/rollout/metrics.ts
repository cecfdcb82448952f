import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { IntervalCounts } from '../../lib/core/rollout/evidence';
import { ENDPOINT_METRICS } from '../../lib/rollout/contract';

/** Seconds; SageMaker's metrics are those of whole minutes. */
const PERIOD = 60;

export interface MetricsTarget {
  readonly endpoint: string;
  readonly variant: string;
  /** Milliseconds of model latency above which a request is slow. */
  readonly maxLatencyMs: number;
}

interface Query {
  readonly id: string;
  readonly metric: string;
  readonly stat: string;
}

function queriesFor({ maxLatencyMs }: MetricsTarget): readonly Query[] {
  const { invocations, errors4xx, errors5xx, modelErrors, latency } = ENDPOINT_METRICS;
  const microseconds = maxLatencyMs * 1000;
  return [
    { id: 'requests', metric: invocations, stat: 'Sum' },
    { id: 'errors4xx', metric: errors4xx, stat: 'Sum' },
    { id: 'errors5xx', metric: errors5xx, stat: 'Sum' },
    { id: 'modelErrors', metric: modelErrors, stat: 'Sum' },
    { id: 'timed', metric: latency, stat: 'SampleCount' },
    // Trimmed counts: values above the lower and not above the upper bound.
    { id: 'fast', metric: latency, stat: `TC(:${microseconds})` },
    { id: 'slow', metric: latency, stat: `TC(${microseconds}:)` },
  ];
}

/** Value by the period's start, in milliseconds. */
type Series = ReadonlyMap<number, number>;

/**
 * What a variant did in each period from `since` to `now`. A period counts only if it began after `since`: SageMaker's
 * metrics are those of whole minutes, and the minute in which a step began also holds what was before it.
 */
export async function readIntervals(
  cloudwatch: CloudWatchClient,
  target: MetricsTarget,
  since: Date,
  now: Date,
): Promise<readonly IntervalCounts[]> {
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
        MetricDataQueries: queriesFor(target).map((query) => metricQuery(query, target)),
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    results.push(...(page.MetricDataResults ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  const series = new Map(queriesFor(target).map(({ id }) => [id, toSeries(results, id, start)]));
  const starts = [...new Set([...series.values()].flatMap((each) => [...each.keys()]))].sort((a, b) => a - b);
  return starts.map((at) => intervalOf(at, (id) => series.get(id)?.get(at)));
}

function metricQuery(query: Query, { endpoint, variant }: MetricsTarget): MetricDataQuery {
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

function intervalOf(at: number, value: (id: string) => number | undefined): IntervalCounts {
  const slow = slowOf(value('timed'), value('fast'), value('slow'));
  const counts = {
    requests: value('requests'),
    errors4xx: value('errors4xx'),
    errors5xx: value('errors5xx'),
    modelErrors: value('modelErrors'),
    slow,
  };
  const known = Object.entries(counts).filter(([, count]) => count !== undefined);
  return { start: new Date(at).toISOString(), seconds: PERIOD, ...Object.fromEntries(known) };
}

/** A range that holds no value may have no data point; then the values are all on the other side, and that is checked. */
function slowOf(timed: number | undefined, fast: number | undefined, slow: number | undefined): number | undefined {
  if (slow !== undefined) return slow;
  return timed !== undefined && timed === fast ? 0 : undefined;
}
