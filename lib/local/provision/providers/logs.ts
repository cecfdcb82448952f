import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import { awsClientConfig } from '../../engine/aws';
import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { Properties } from '../properties';

export function logGroupProvider(context: EngineContext): ResourceProvider {
  const logs = new CloudWatchLogsClient(awsClientConfig(context));
  return {
    types: ['AWS::Logs::LogGroup'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'LogGroupName',
        'RetentionInDays',
        'KmsKeyId',
        'LogGroupClass',
        'Tags',
      ]);
      const name = properties.text('LogGroupName') ?? physicalName(resource, 512);
      try {
        await logs.send(new CreateLogGroupCommand({ logGroupName: name }));
      } catch (error) {
        if (!(error instanceof ResourceAlreadyExistsException)) throw error;
      }
      const days = properties.number('RetentionInDays');
      if (days !== undefined)
        await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days }));
      return {
        ref: name,
        attributes: { Arn: `arn:aws:logs:${context.region}:${context.account}:log-group:${name}:*` },
      };
    },
  };
}
