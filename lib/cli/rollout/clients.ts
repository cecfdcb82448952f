import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { documents } from '../../../lambda/rollout/items';
import { RolloutStore } from '../../../lambda/rollout/store';
import type { ServingLocation } from '../../rollout/rollback-contract';

/** Clients of the account that the credentials lead to, or of `assay run` where AWS_ENDPOINT_URL points at it. */
export interface RolloutClients {
  readonly cloudwatch: CloudWatchClient;
  readonly iam: IAMClient;
  readonly sagemaker: SageMakerClient;
  readonly sfn: SFNClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  /** Locks and records of an environment. */
  store(location: ServingLocation): RolloutStore;
}

export function rolloutClients(region: string): RolloutClients {
  // A person waits: one retry is enough to tell a hiccup from an outage.
  const config = { region, maxAttempts: 2 };
  const dynamodb = documents(new DynamoDBClient(config));
  return {
    cloudwatch: new CloudWatchClient(config),
    iam: new IAMClient(config),
    sagemaker: new SageMakerClient(config),
    sfn: new SFNClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
    store: ({ tableName, endpointName }) => new RolloutStore(tableName, endpointName, dynamodb),
  };
}
