import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '../../engine/aws';
import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { Properties } from '../properties';

/**
 * Promises of AWS's own operation, which nothing on one machine can see. Expired items too may stay there for days:
 * whoever reads them must look at the time himself.
 */
const WITHOUT_EFFECT = [
  'DeletionProtectionEnabled',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'TimeToLiveSpecification',
  'Tags',
];

/** Tables of the emulator; one that exists is found again with its items. */
export function tableProvider(context: EngineContext): ResourceProvider {
  const dynamodb = new DynamoDBClient(awsClientConfig(context));
  const exists = async (TableName: string): Promise<boolean> => {
    try {
      await dynamodb.send(new DescribeTableCommand({ TableName }));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    }
  };
  return {
    types: ['AWS::DynamoDB::Table'],
    create: async (resource) => {
      const known = ['TableName', 'AttributeDefinitions', 'KeySchema', 'BillingMode', ...WITHOUT_EFFECT];
      const properties = new Properties(resource).only(known);
      const billing = properties.text('BillingMode');
      if (billing !== 'PAY_PER_REQUEST')
        throw properties.error(`BillingMode must be PAY_PER_REQUEST; found ${billing ?? 'none'}`);
      const name = properties.text('TableName') ?? physicalName(resource, 255);
      if (!(await exists(name))) {
        await dynamodb.send(
          new CreateTableCommand({
            TableName: name,
            BillingMode: billing,
            AttributeDefinitions: properties.list(
              'AttributeDefinitions',
            ) as CreateTableCommandInput['AttributeDefinitions'],
            KeySchema: properties.list('KeySchema') as CreateTableCommandInput['KeySchema'],
          }),
        );
      }
      return { ref: name, attributes: { Arn: `arn:aws:dynamodb:${context.region}:${context.account}:table/${name}` } };
    },
  };
}
