import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { MONITOR_ENV } from '../../lib/monitoring/contract';
import { type DriftCheckEvent, type DriftCheckResult, driftItem } from '../../lib/monitoring/drift-contract';
import { documents } from '../rollout/items';
import { RolloutStore } from '../rollout/store';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { MonitorMemory } from './monitor-memory';
import { checkDrift } from './watch';

const s3 = new S3Client({});
const cloudwatch = new CloudWatchClient({});
const events = new EventBridgeClient({});
const dynamodb = documents(new DynamoDBClient({}));

/** Says whether production is still asked what its release was trained on, and asks for a run where it is not. */
export async function handler({ time }: DriftCheckEvent): Promise<DriftCheckResult> {
  const store = RolloutStore.fromEnvironment();
  const artifactBucket = requiredEnv(MONITOR_ENV.artifactBucket);
  const result = await checkDrift(
    {
      application: requiredEnv(MONITOR_ENV.application),
      endpoint: store.endpoint,
      bucket: requiredEnv(MONITOR_ENV.monitoringBucket),
      s3,
      cloudwatch,
      events,
      memory: new MonitorMemory(dynamodb, requiredEnv(MONITOR_ENV.retrainingTable), driftItem(store.endpoint)),
      history: () => store.history(),
      documents: (runId) => new RunDocuments(artifactBucket, runId, s3),
    },
    time,
  );
  console.log(JSON.stringify(result));
  return result;
}
