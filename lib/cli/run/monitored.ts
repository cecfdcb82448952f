import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { MonitorMemory } from '../../../lambda/monitoring/monitor-memory';
import type { MonitoringConfig } from '../../config/gates/monitoring';
import type { MonitorState, SeriesPoint } from '../../core/monitoring/state';
import type { RunTraffic } from '../../core/report/run';
import type { AwsClientConfig } from '../../local/engine/aws';
import { driftItem } from '../../monitoring/drift-contract';

/** What the drift monitor found at an endpoint, oldest first; empty before its first check. */
export async function monitoredSeries(
  config: AwsClientConfig,
  table: string,
  endpoint: string,
): Promise<readonly SeriesPoint[]> {
  const client = new DynamoDBClient(config);
  try {
    const memory = new MonitorMemory<MonitorState>(DynamoDBDocumentClient.from(client), table, driftItem(endpoint));
    return (await memory.read()).state?.series ?? [];
  } finally {
    client.destroy();
  }
}

/** The same for a run's page; undefined before the first check. */
export const monitoredTraffic = (
  points: readonly SeriesPoint[],
  { thresholds }: MonitoringConfig['drift'],
): RunTraffic | undefined => (points.length === 0 ? undefined : { points, threshold: thresholds.psi.fail });
