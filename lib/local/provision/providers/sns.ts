import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { awsClientConfig } from '../../engine/aws';
import { isObject, type Json } from '../../engine/json';
import type { EngineContext, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { defined, Properties } from '../properties';

/** E-mail addresses are recorded and nothing is sent to them; queues really receive. */
const PROTOCOLS = ['email', 'email-json', 'sqs'];

/** Topics, their policies (stored, not enforced) and subscriptions. */
export function snsProviders(context: EngineContext): readonly ResourceProvider[] {
  const sns = new SNSClient(awsClientConfig(context));
  const subscribe = async (
    topic: string,
    { Protocol, Endpoint }: Json,
    properties: Properties,
    attributes: Record<string, string>,
  ): Promise<string> => {
    if (!PROTOCOLS.includes(String(Protocol)))
      throw properties.error(
        `the subscription protocol ${String(Protocol)} is not supported here; supported are ${PROTOCOLS.join(', ')}`,
      );
    const { SubscriptionArn = '' } = await sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: String(Protocol),
        Endpoint: String(Endpoint),
        Attributes: attributes,
        ReturnSubscriptionArn: true,
      }),
    );
    return SubscriptionArn;
  };
  const topic: ResourceProvider = {
    types: ['AWS::SNS::Topic'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'TopicName',
        'DisplayName',
        'KmsMasterKeyId',
        'Subscription',
        'Tags',
        'TracingConfig',
      ]);
      const name = properties.text('TopicName') ?? physicalName(resource, 256);
      const attributes = defined({
        DisplayName: properties.text('DisplayName'),
        KmsMasterKeyId: properties.text('KmsMasterKeyId'),
      });
      const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name, Attributes: attributes }));
      for (const subscription of properties.list('Subscription').filter(isObject))
        await subscribe(TopicArn, subscription, properties, {});
      return { ref: TopicArn, attributes: { TopicArn, TopicName: name } };
    },
  };
  const policy: ResourceProvider = {
    types: ['AWS::SNS::TopicPolicy'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['PolicyDocument', 'Topics']);
      for (const arn of properties.texts('Topics')) {
        await sns.send(
          new SetTopicAttributesCommand({
            TopicArn: arn,
            AttributeName: 'Policy',
            AttributeValue: properties.document('PolicyDocument'),
          }),
        );
      }
      return { ref: physicalName(resource, 128), attributes: {} };
    },
  };
  const subscription: ResourceProvider = {
    types: ['AWS::SNS::Subscription'],
    create: async (resource) => {
      const properties = new Properties(resource).only([
        'TopicArn',
        'Protocol',
        'Endpoint',
        'FilterPolicy',
        'FilterPolicyScope',
        'RawMessageDelivery',
        'Region',
      ]);
      const attributes = defined({
        FilterPolicy: properties.document('FilterPolicy'),
        FilterPolicyScope: properties.text('FilterPolicyScope'),
        RawMessageDelivery: properties.text('RawMessageDelivery'),
      });
      const arn = await subscribe(properties.requiredText('TopicArn'), resource.properties, properties, attributes);
      return { ref: arn, attributes: { Arn: arn } };
    },
  };
  return [topic, policy, subscription];
}
