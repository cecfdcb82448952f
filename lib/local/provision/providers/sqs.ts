import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { awsJsonCall } from '../aws-call';
import { physicalName } from '../physical-name';
import { defined, Properties } from '../properties';

/** Queue attributes with the same name in CloudFormation and in the API. */
const ATTRIBUTES = [
  'DelaySeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

export function sqsProviders(context: EngineContext): readonly ResourceProvider[] {
  const call = (operation: string, input: Readonly<Record<string, unknown>>) =>
    awsJsonCall(context, 'sqs', `AmazonSQS.${operation}`, input);
  const queue: ResourceProvider = {
    types: ['AWS::SQS::Queue'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['QueueName', 'RedrivePolicy', 'Tags', ...ATTRIBUTES]);
      const name = properties.text('QueueName') ?? physicalName(resource, 80);
      await call('CreateQueue', { QueueName: name });
      const entries = ATTRIBUTES.map((attribute) => [attribute, properties.text(attribute)] as const);
      const attributes = defined(
        Object.fromEntries([...entries, ['RedrivePolicy', properties.document('RedrivePolicy')] as const]),
      );
      const QueueUrl = `${context.endpointUrl}/${context.account}/${name}`;
      // Set apart from the creation, which refuses other attributes for a queue that exists.
      if (Object.keys(attributes).length > 0) await call('SetQueueAttributes', { QueueUrl, Attributes: attributes });
      return {
        ref: QueueUrl,
        attributes: { QueueUrl, QueueName: name, Arn: `arn:aws:sqs:${context.region}:${context.account}:${name}` },
      };
    },
  };
  const policy: ResourceProvider = {
    types: ['AWS::SQS::QueuePolicy'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['PolicyDocument', 'Queues']);
      const Policy = properties.document('PolicyDocument');
      for (const QueueUrl of properties.texts('Queues'))
        await call('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
      return { ref: physicalName(resource, 128), attributes: {} };
    },
  };
  return [queue, policy];
}
