import {
  BillingMode,
  CreateTableCommand,
  DynamoDBClient,
  KeyType,
  ScalarAttributeType,
} from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { BeingTold, LEASE_MS, NoticeClaims } from '../../lambda/observability/claim';
import { publishOnce } from '../../lambda/observability/publish';
import { noticeSchema } from '../../lib/config/notice';
import type { Notice } from '../../lib/core/notice/notice';
import { emailText, writeNotice } from '../../lib/core/notice/text';
import { NOTIFY_ENV, noticeKey } from '../../lib/observability/contract';
import { type Moto, startMoto } from '../support/moto';
import { SIMPLE_EVENTS } from './events';

jest.setTimeout(60_000);

const TABLE = 'retraining';
let moto: Moto;
let sns: SNSClient;
let sqs: SQSClient;
let dynamodb: DynamoDBDocumentClient;
let topicArn: string;
let chatTopicArn: string;
let queue: string;
let chatQueue: string;

beforeAll(async () => {
  moto = await startMoto();
  sns = new SNSClient({});
  sqs = new SQSClient({});
  const client = new DynamoDBClient({});
  dynamodb = DynamoDBDocumentClient.from(client);
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: BillingMode.PAY_PER_REQUEST,
      AttributeDefinitions: [{ AttributeName: 'item', AttributeType: ScalarAttributeType.S }],
      KeySchema: [{ AttributeName: 'item', KeyType: KeyType.HASH }],
    }),
  );
  [topicArn, queue] = await subscribed('notices');
  [chatTopicArn, chatQueue] = await subscribed('chat');
});
afterAll(async () => {
  for (const client of [sns, sqs, dynamodb]) client.destroy();
  await moto.stop();
});

async function subscribed(name: string): Promise<[topic: string, queue: string]> {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:us-east-1:123456789012:${name}` }),
  );
  return [TopicArn, QueueUrl];
}

/** Takes what a queue has. */
async function received(url: string): Promise<{ readonly Message: string; readonly Subject?: string }[]> {
  const found = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return found;
    for (const { Body = '', ReceiptHandle } of Messages) {
      found.push(JSON.parse(Body));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    }
  }
}

const notice = (id: string): Notice =>
  writeNotice('churn', { id, event: 'drift', headline: 'drifted', reason: 'PSI 0.41', at: '2026-11-20T10:00:00Z' });

const claims = (now = Date.now) => new NoticeClaims(TABLE, dynamodb, now);
const tell = (id: string, now?: () => number) => publishOnce(notice(id), { topicArn }, { sns, claims: claims(now) });
const later = () => Date.now() + LEASE_MS + 1;

test('every event, through the handler as it is deployed, reaches subscribers and chats as its schemas say', async () => {
  Object.assign(process.env, {
    [NOTIFY_ENV.application]: 'churn',
    [NOTIFY_ENV.artifactBucket]: 'artifacts',
    [NOTIFY_ENV.topicArn]: topicArn,
    [NOTIFY_ENV.chatTopicArn]: chatTopicArn,
    [NOTIFY_ENV.table]: TABLE,
  });
  const { handler } = await import('../../lambda/observability/notify');
  // The three ends of one execution stand for three executions here.
  const events = SIMPLE_EVENTS.map((event, i) =>
    'executionArn' in event.detail ? { ...event, detail: { ...event.detail, executionArn: `arn:e:${i}` } } : event,
  ) as typeof SIMPLE_EVENTS;
  for (const event of events) await handler(event);
  for (const event of events) await handler(event);
  const told = await received(queue);
  const notices = told.map(({ Message }) => noticeSchema.parse(JSON.parse(Message)));
  expect(notices.map(({ event }) => event).sort()).toEqual([
    'alarm',
    'degradation',
    'drift',
    'retraining-refused',
    'retraining-started',
    'retraining-waits',
    'rollback-failed',
    'rollback-refused',
    'rolled-back',
  ]);
  for (const [i, { Subject }] of told.entries()) expect(Subject).toBe(notices[i]?.subject);
  for (const one of notices) expect(emailText(one).split('\n').slice(0, 2)).toEqual([one.reason, '']);
  const chats = (await received(chatQueue)).map(({ Message }) => JSON.parse(Message));
  expect(chats).toHaveLength(notices.length);
  for (const chat of chats) expect(chat).toMatchObject({ version: '1.0', source: 'custom', content: {} });
});

test('the same event at the same time is told once, and the others are to come again', async () => {
  const ends = await Promise.allSettled(Array.from({ length: 12 }, () => tell('together')));
  expect(ends.filter((end) => end.status === 'fulfilled' && end.value)).toHaveLength(1);
  for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(BeingTold);
  expect(await received(queue)).toHaveLength(1);
  // When they come again, they find that it was told.
  await expect(tell('together')).resolves.toBe(false);
  expect(await received(queue)).toHaveLength(0);
});

test('who died between claim and publishing is replaced after the lease, not before', async () => {
  await claims().take('died');
  await expect(tell('died')).rejects.toBeInstanceOf(BeingTold);
  await expect(tell('died', later)).resolves.toBe(true);
  await expect(tell('died', later)).resolves.toBe(false);
  expect(await received(queue)).toHaveLength(1);
});

test('who took too long cannot say for its successor that all was told', async () => {
  const slow = await claims().take('slow');
  const fast = await claims(later).take('slow');
  if (slow === undefined || fast === undefined) throw new Error('both must have got it');
  await claims().finish('slow', slow);
  await expect(claims(later).take('slow')).rejects.toBeInstanceOf(BeingTold);
  await claims().finish('slow', fast);
  await expect(claims(later).take('slow')).resolves.toBeUndefined();
});

test('a channel that was told before the failure is not told again, and nobody has to wait', async () => {
  const channels = { topicArn, chatTopicArn: `${chatTopicArn}-that-is-gone` };
  await expect(publishOnce(notice('half'), channels, { sns, claims: claims() })).rejects.toThrow();
  await expect(publishOnce(notice('half'), { topicArn, chatTopicArn }, { sns, claims: claims() })).resolves.toBe(true);
  expect([(await received(queue)).length, (await received(chatQueue)).length]).toEqual([1, 1]);
});

test('an item that only waits to be removed is none', async () => {
  const Item = { item: noticeKey('old'), done: true, told: ['main'], holder: 'x', leaseUntil: 0, expiresAt: 1 };
  await dynamodb.send(new PutCommand({ TableName: TABLE, Item }));
  await expect(tell('old')).resolves.toBe(true);
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: TABLE }));
  const kept = Items.find(({ item }) => item === noticeKey('old'));
  expect(kept?.expiresAt).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400);
  await received(queue);
});
