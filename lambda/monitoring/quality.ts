import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { LiveMetric, ReleaseQuality } from '../../lib/core/feedback/judge-release';
import type { QualityGates } from '../../lib/core/feedback/settings';
import { MONITOR_ENV } from '../../lib/monitoring/contract';
import {
  QUALITY_METRICS,
  type QualityEvent,
  type QualityResult,
  qualityItem,
} from '../../lib/monitoring/quality-contract';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { ASSAY_EVENTS, type RetrainingEvent } from '../../lib/retraining/contract';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import { documents } from '../rollout/items';
import { gatesOf } from '../rollout/release';
import { RolloutStore } from '../rollout/store';
import { RunDocuments } from '../shared/run-documents';
import { oneLine, requiredEnv } from '../shared/text';
import { MonitoringBucket } from './bucket';
import { dimensionValue } from './dimension-value';
import { MonitorMemory } from './monitor-memory';
import { checkQuality, type ReleaseAlarm } from './quality-check';

/** Judges the live quality of production by the labels that came; asks for a run where a release proves to be below a floor. */
export async function handler({ time }: QualityEvent): Promise<QualityResult> {
  const due = Date.parse(time);
  if (Number.isNaN(due)) throw new Error(`"${time}" is no time; the schedule sends ISO 8601 as "time"`);
  const endpoint = requiredEnv(ROLLOUT_ENV.endpoint);
  const { report, uri, events } = await checkQuality(
    {
      endpoint,
      bucket: new MonitoringBucket(requiredEnv(MONITOR_ENV.monitoringBucket)),
      memory: new MonitorMemory(
        documents(new DynamoDBClient({})),
        requiredEnv(MONITOR_ENV.retrainingTable),
        qualityItem(endpoint),
      ),
      history: () => RolloutStore.fromEnvironment().history(),
      gates: readGates,
      degraded: (alarms, report) => send(alarms, endpoint, report, new Date(due)),
      measured: (metrics, quality) => publish(metrics, quality, endpoint, new Date(due)),
    },
    due,
  );
  return { verdict: report.verdict, reason: report.reason, report: uri, events };
}

async function readGates(runId: string): Promise<QualityGates> {
  const documents = new RunDocuments(requiredEnv(MONITOR_ENV.artifactBucket), runId);
  return gatesOf((await documents.read<ReleaseDocument>(RUN_KEYS.release)).document);
}

/** EventBridge takes so many at once. */
const EVENTS_AT_ONCE = 10;

/** One event for each alarm. @returns their keys @throws if one was not taken: the check is then repeated */
async function send(
  alarms: readonly ReleaseAlarm[],
  endpoint: string,
  report: string,
  at: Date,
): Promise<readonly string[]> {
  const events = new EventBridgeClient({});
  const application = requiredEnv(MONITOR_ENV.application);
  const details = alarms.map(({ release, id, look, reason }) => ({
    application,
    kind: 'degradation' as const,
    reason: oneLine(`release ${release}: ${reason}`),
    at: at.toISOString(),
    key: ['degradation', endpoint, release, id, look].join('#'),
    report,
    endpoint,
    release,
    metric: id,
  })) satisfies readonly RetrainingEvent[];
  for (let from = 0; from < details.length; from += EVENTS_AT_ONCE) {
    const Entries = details.slice(from, from + EVENTS_AT_ONCE).map((detail) => ({
      Source: ASSAY_EVENTS.source,
      DetailType: ASSAY_EVENTS.degradation,
      Detail: JSON.stringify(detail),
      Time: at,
    }));
    const sent = await events.send(new PutEventsCommand({ Entries }));
    const failed = sent.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (failed !== undefined)
      throw new Error(`EventBridge refused an event: ${failed.ErrorCode}: ${failed.ErrorMessage}`);
  }
  return details.map(({ key }) => key);
}

/** CloudWatch takes so many at once. */
const METRICS_AT_ONCE = 500;

async function publish(
  metrics: readonly LiveMetric[],
  { rows, coverage }: Pick<ReleaseQuality, 'rows' | 'coverage'>,
  endpoint: string,
  Timestamp: Date,
): Promise<void> {
  const dimension = { Name: QUALITY_METRICS.endpoint, Value: endpoint };
  const data = [
    { MetricName: QUALITY_METRICS.labelled, Value: rows, Unit: 'Count' as const, Dimensions: [dimension], Timestamp },
    {
      MetricName: QUALITY_METRICS.coverage,
      Value: coverage,
      Unit: 'None' as const,
      Dimensions: [dimension],
      Timestamp,
    },
    ...metrics.map(({ metric, slice, value }) => ({
      MetricName: metric,
      Value: value,
      Unit: 'None' as const,
      Dimensions: [
        dimension,
        ...(slice === undefined ? [] : [{ Name: QUALITY_METRICS.slice, Value: dimensionValue(slice) }]),
      ],
      Timestamp,
    })),
  ];
  const cloudwatch = new CloudWatchClient({});
  for (let from = 0; from < data.length; from += METRICS_AT_ONCE) {
    const MetricData = data.slice(from, from + METRICS_AT_ONCE);
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: QUALITY_METRICS.namespace, MetricData }));
  }
}
