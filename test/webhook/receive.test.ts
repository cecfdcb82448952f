import { EventBridgeClient, InternalException, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetSecretValueCommand,
  InternalServiceError,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { Claim } from '../../lambda/webhook/deliveries';
import { receive, type WebhookPorts } from '../../lambda/webhook/receive';
import { SecretReader } from '../../lambda/webhook/secrets';
import { signatureOf } from '../../lambda/webhook/verify';
import { type HttpApiEvent, WEBHOOK_ENV } from '../../lib/webhook/contract';
import { eventOf, headersOf, PAYLOAD } from './deployed';

const KEY = Buffer.alloc(33, 5).toString('base64');
const SETTINGS = { application: 'churn', maxBodyBytes: 65_536, previousSecretHours: 24 };

function delivery(): HttpApiEvent {
  const [id, timestamp] = ['msg_1', String(Math.floor(Date.now() / 1000))];
  const signature = `v1,${signatureOf(KEY, { id, timestamp }, Buffer.from(PAYLOAD)).toString('base64')}`;
  return eventOf({ id, timestamp, signature, headers: headersOf(id, timestamp, signature) });
}

describe('a delivery', () => {
  const calls: string[] = [];
  const known = { current: KEY, currentSince: 0 };
  const ports = (claims: Claim[], changed: Partial<WebhookPorts> = {}): WebhookPorts => ({
    secrets: { read: async () => known, readAgain: async () => known },
    deliveries: {
      claim: async () => claims.shift() ?? 'taken',
      published: async () => void calls.push('published'),
      giveBack: async () => void calls.push('giveBack'),
    },
    publish: async () => void calls.push('publish'),
    pause: async () => void calls.push('pause'),
    ...changed,
  });
  beforeEach(() => void calls.splice(0));

  test('that another invocation is at is answered once that one has published it', async () => {
    const { answer } = await receive(delivery(), ports(['taken', 'taken', 'published']), SETTINGS);
    expect(answer.statusCode).toBe(202);
    expect(calls).toEqual(['pause', 'pause']);
  });

  test('that another invocation is at for long is to come again: 202 would lose it if that one died', async () => {
    const { answer } = await receive(delivery(), ports([]), SETTINGS);
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect(calls).not.toContain('publish');
  });

  test('that another invocation gave back is published by this one', async () => {
    const { answer } = await receive(delivery(), ports(['taken', 'mine']), SETTINGS);
    expect(answer.statusCode).toBe(202);
    expect(calls).toEqual(['pause', 'publish', 'published']);
  });

  test('that could not be published is given back', async () => {
    const publish = () => Promise.reject(new Error('no bus'));
    await expect(receive(delivery(), ports(['mine'], { publish }), SETTINGS)).rejects.toThrow('no bus');
    expect(calls).toEqual(['giveBack']);
  });
});

describe('the secret', () => {
  const secretsmanager = mockClient(SecretsManagerClient);
  const absent = new ResourceNotFoundException({ message: 'no such version', $metadata: {} });
  beforeEach(() => {
    secretsmanager.reset();
    secretsmanager
      .on(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' })
      .resolves({ SecretString: KEY, CreatedDate: new Date(1000) });
    secretsmanager.on(GetSecretValueCommand, { VersionStage: 'AWSPREVIOUS' }).rejects(absent);
  });
  const reader = () => new SecretReader(new SecretsManagerClient({}), 'arn');
  const reads = () => secretsmanager.commandCalls(GetSecretValueCommand, { VersionStage: 'AWSCURRENT' }).length;

  test('is read once a minute, and once in five seconds for signatures that do not fit', async () => {
    const secrets = reader();
    const known = await Promise.all([
      secrets.read(0),
      secrets.read(10),
      secrets.readAgain(4_999),
      secrets.read(59_999),
    ]);
    expect(known).toEqual(Array(4).fill({ current: KEY, currentSince: 1000 }));
    expect(reads()).toBe(1);
    await secrets.readAgain(5_000);
    expect(reads()).toBe(2);
    await secrets.read(65_000);
    expect(reads()).toBe(3);
  });

  test('that cannot be read is asked for again', async () => {
    const failure = new InternalServiceError({ message: 'later', $metadata: {} });
    secretsmanager
      .on(GetSecretValueCommand)
      .rejectsOnce(failure)
      .resolves({ SecretString: KEY, CreatedDate: new Date(0) });
    const secrets = reader();
    await expect(secrets.read(0)).rejects.toThrow('later');
    expect(await secrets.read(1)).toMatchObject({ current: KEY });
  });

  test('that has no current version fits nothing', async () => {
    secretsmanager.on(GetSecretValueCommand).rejects(absent);
    await expect(reader().read(0)).rejects.toThrow('no such version');
  });
});

test('while AWS cannot be reached senders are told to come again, and the log tells no more than the kind of error', async () => {
  const clients = {
    secrets: mockClient(SecretsManagerClient),
    dynamodb: mockClient(DynamoDBDocumentClient),
    events: mockClient(EventBridgeClient),
  };
  const logged = jest.spyOn(console, 'info').mockImplementation(() => undefined);
  Object.assign(process.env, {
    [WEBHOOK_ENV.application]: 'churn',
    [WEBHOOK_ENV.table]: 't',
    [WEBHOOK_ENV.secretArn]: 'arn',
    [WEBHOOK_ENV.maxBodyBytes]: '65536',
    [WEBHOOK_ENV.previousSecretHours]: '24',
  });
  const { handler } = await import('../../lambda/webhook/handler');
  const unavailable = { statusCode: 503, body: '{"message":"Service Unavailable"}' };
  const outcome = () => handler(delivery());
  clients.secrets.on(GetSecretValueCommand).rejectsOnce(new InternalServiceError({ message: KEY, $metadata: {} }));
  expect(await outcome()).toMatchObject(unavailable);
  clients.secrets.on(GetSecretValueCommand).resolves({ SecretString: KEY, CreatedDate: new Date(0) });
  clients.dynamodb.on(PutCommand).resolves({});
  clients.dynamodb.on(UpdateCommand).resolves({});
  clients.events
    .on(PutEventsCommand)
    .rejectsOnce(new InternalException({ message: PAYLOAD, $metadata: {} }))
    .resolvesOnce({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] })
    .resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  expect(await outcome()).toMatchObject(unavailable);
  expect(await outcome()).toMatchObject(unavailable);
  expect((await outcome()).statusCode).toBe(202);
  expect(logged.mock.calls.map(([line]) => line)).toEqual([
    expect.objectContaining({ status: 503, reason: 'AWS: InternalServiceError' }),
    expect.objectContaining({ status: 503, reason: 'AWS: InternalException' }),
    expect.objectContaining({ status: 503, reason: 'AWS: EventRefused' }),
    expect.objectContaining({ status: 202, reason: 'published' }),
  ]);
});
