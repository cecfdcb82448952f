import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { startTestEngine, temporaryFolder, writeAssembly } from '../harness';

// What the app's state rests on: writes that happen only under a condition, alone and together.

const folder = temporaryFolder();
let engine: Awaited<ReturnType<typeof startTestEngine>>;
let client: DynamoDBClient;
let table: DynamoDBDocumentClient;
let s3: S3Client;

beforeAll(async () => {
  engine = await startTestEngine(folder.path);
  const template = {
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'state',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'item', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'item', KeyType: 'HASH' }],
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        },
      },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'conditions' } },
    },
  };
  await engine.deploy(writeAssembly({ Data: { template } }));
  client = new DynamoDBClient({ ...awsClientConfig(engine.context), maxAttempts: 1 });
  table = DynamoDBDocumentClient.from(client);
  s3 = new S3Client({ ...awsClientConfig(engine.context), maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  s3.destroy();
  await engine.close();
  folder.remove();
});

const TableName = 'state';
const get = async (item: string) => (await table.send(new GetCommand({ TableName, Key: { item } }))).Item;

/** Claims a key and moves the state on from one version to the next, or does neither. */
const claim = (key: string, version: number) =>
  table.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName,
            Item: { item: key, expiresAt: 1 },
            ConditionExpression: 'attribute_not_exists(#i)',
            ExpressionAttributeNames: { '#i': 'item' },
          },
        },
        {
          Update: {
            TableName,
            Key: { item: 'state' },
            UpdateExpression: 'SET #v = :next',
            ConditionExpression: '#v = :version',
            ExpressionAttributeNames: { '#v': 'version' },
            ExpressionAttributeValues: { ':version': version, ':next': version + 1 },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    }),
  );

const reasons = async (work: Promise<unknown>): Promise<(string | undefined)[]> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TransactionCanceledException)) throw error ?? new Error('the transaction went through');
  return (error.CancellationReasons ?? []).map(({ Code }) => Code);
};

test('a transaction writes all or nothing, and its cancellation names the condition that failed', async () => {
  await table.send(new PutCommand({ TableName, Item: { item: 'state', version: 1 } }));
  await claim('key#a', 1);
  expect(await get('state')).toEqual({ item: 'state', version: 2 });
  expect(await reasons(claim('key#a', 2))).toEqual(['ConditionalCheckFailed', 'None']);
  expect(await reasons(claim('key#b', 1))).toEqual(['None', 'ConditionalCheckFailed']);
  expect(await get('state')).toEqual({ item: 'state', version: 2 });
  expect(await get('key#b')).toBeUndefined();
});

test('of many transactions at once on one version, one goes through', async () => {
  await table.send(new PutCommand({ TableName, Item: { item: 'state', version: 10 } }));
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => claim(`race#${index}`, 10)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(failures.every((error) => error instanceof TransactionCanceledException)).toBe(true);
  expect(await get('state')).toEqual({ item: 'state', version: 11 });
});

test('a single conditional write fails with the item that stood in its way; items stay after they have expired', async () => {
  const update = new UpdateCommand({
    TableName,
    Key: { item: 'key#a' },
    UpdateExpression: 'SET n = :n',
    ConditionExpression: 'attribute_not_exists(expiresAt)',
    ExpressionAttributeValues: { ':n': 1 },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const error = await table.send(update).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error).toMatchObject({ Item: { item: { S: 'key#a' }, expiresAt: { N: '1' } } });
});

describe('S3', () => {
  const put = (Key: string, Body: string, condition: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket: 'conditions', Key, Body, ...condition }));
  const refused = async (work: Promise<unknown>): Promise<[string, number | undefined]> => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof S3ServiceException)) throw error ?? new Error('the write went through');
    return [error.name, error.$metadata.httpStatusCode];
  };
  const read = async (Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket: 'conditions', Key }))).Body?.transformToString();

  test('If-None-Match: * creates, and never overwrites', async () => {
    await put('new', 'one', { IfNoneMatch: '*' });
    expect(await refused(put('new', 'two', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
    expect(await read('new')).toBe('one');
  });

  test('If-Match replaces only what was read', async () => {
    const { ETag: first } = await put('known', 'one');
    await put('known', 'two', { IfMatch: first });
    expect(await refused(put('known', 'three', { IfMatch: first }))).toEqual(['PreconditionFailed', 412]);
    expect(await read('known')).toBe('two');
  });
});
