import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { noticeSchema } from '../../lib/config/notice';
import { NOTIFY_ENV } from '../../lib/observability/contract';
import { BUCKET } from '../lambda/documents';

/** The topic and the table of notices. A claim is refused where there is one; leases are tested with the real service. */
export function mockTopic() {
  const sns = mockClient(SNSClient);
  const dynamodb = mockClient(DynamoDBDocumentClient);
  beforeEach(() => {
    sns.reset();
    dynamodb.reset();
    const done = new Set<string>();
    const refused = () => {
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    };
    dynamodb.on(PutCommand).callsFake(({ Item }: { Item: { item: string } }) => (done.has(Item.item) ? refused() : {}));
    dynamodb.on(UpdateCommand).callsFake(({ Key, UpdateExpression }) => {
      if (UpdateExpression.startsWith('SET holder')) return refused();
      if (UpdateExpression.startsWith('SET done')) done.add(Key.item);
      return {};
    });
    dynamodb.on(GetCommand).callsFake(({ Key }) => ({ Item: { done: done.has(Key.item) } }));
    Object.assign(process.env, {
      [NOTIFY_ENV.application]: 'churn',
      [NOTIFY_ENV.artifactBucket]: BUCKET,
      [NOTIFY_ENV.topicArn]: 'arn:topic',
      [NOTIFY_ENV.table]: 'retraining',
    });
  });
  afterAll(() => {
    sns.restore();
    dynamodb.restore();
  });
  const messages = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
  return {
    sns,
    messages,
    /** What the main topic was told: every notice is held against its schema, and its text begins with the reason. */
    notices: () =>
      messages()
        .filter(({ TopicArn }) => TopicArn === 'arn:topic')
        .map(({ Message = '{}', MessageStructure, Subject }) => {
          const told = JSON.parse(Message) as { readonly default: string; readonly email: string };
          const notice = noticeSchema.parse(JSON.parse(told.default));
          expect([MessageStructure, Subject]).toEqual(['json', notice.subject]);
          expect(told.email.split('\n').slice(0, 2)).toEqual([notice.reason, '']);
          return notice;
        }),
  };
}
