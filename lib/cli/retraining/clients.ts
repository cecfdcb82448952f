import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TriggerStore } from '../../../lambda/retraining/store';
import type { RetrainingLocation } from '../../retraining/contract';

/** Clients of the account that the credentials lead to, or of `assay run` where AWS_ENDPOINT_URL points at it. */
export interface RetrainingClients {
  readonly eventbridge: EventBridgeClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  store(location: RetrainingLocation): TriggerStore;
}

export function retrainingClients(region: string): RetrainingClients {
  // A person waits: one retry is enough to tell a hiccup from an outage.
  const config = { region, maxAttempts: 2 };
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  return {
    eventbridge: new EventBridgeClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
    store: ({ table }) => new TriggerStore(table, dynamodb),
  };
}
