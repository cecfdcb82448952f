import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { pipelineParameter } from '../../lib/pipeline/contract';
import { TABLE_KEYS } from '../../lib/rollout/records';
import { locationParameter } from '../../lib/rollout/rollback-contract';
import { ROLE, type TestEngine } from '../local/sagemaker/engine';

export const BUCKET = 'artifacts';
export const GOLDEN = 'golden';

type Aws = ReturnType<TestEngine['aws']>;

/** Environment of the training handlers. */
export const HANDLERS = {
  APPLICATION: 'churn',
  ARTIFACT_BUCKET: BUCKET,
  PRODUCTION_ENDPOINT: 'churn-production',
  ASSAY_ROLLOUT_TABLE: 'rollouts',
  EXECUTION_ROLE_ARN: ROLE,
  INSTANCE_TYPE: 'ml.m5.large',
  VOLUME_GIB: '10',
  MAX_RUNTIME_SECONDS: '600',
};

/** What the stacks write for the command line. */
export async function writeParameters(aws: Aws, trainMachineArn: string): Promise<void> {
  const ssm = new SSMClient(aws);
  const serving = (environment: string) => ({
    endpointName: `churn-${environment}`,
    tableName: 'rollouts',
    artifactBucket: BUCKET,
  });
  const parameters = {
    [locationParameter('churn', 'production')]: serving('production'),
    [locationParameter('churn', 'staging')]: serving('staging'),
    [pipelineParameter('churn')]: { trainMachineArn, artifactBucket: BUCKET },
  };
  for (const [Name, value] of Object.entries(parameters)) {
    await ssm.send(new PutParameterCommand({ Name, Value: JSON.stringify(value), Type: 'String' }));
  }
}

/** The table of locks and records. */
export async function createTable(aws: Aws): Promise<void> {
  const client = new DynamoDBClient(aws);
  const { partition, sort } = TABLE_KEYS;
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  await client.send(
    new CreateTableCommand({
      TableName: 'rollouts',
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [attribute(partition), attribute(sort)],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}
