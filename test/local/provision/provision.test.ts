import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { zipFolder } from '../../../lib/local/provision/assets';
import { physicalName } from '../../../lib/local/provision/physical-name';
import { startTestEngine, temporaryFolder, writeAssembly } from '../harness';

jest.setTimeout(60_000);
const folder = temporaryFolder();
let engine: Awaited<ReturnType<typeof startTestEngine>>;
beforeAll(async () => {
  engine = await startTestEngine(folder.path);
});
afterAll(async () => {
  await engine.close();
  folder.remove();
});
const deploy = (Resources: object) => engine.deploy(writeAssembly({ S: { template: { Resources } } }));

test('physical names are stable, readable and within the limit', () => {
  const resource = { stack: 'Churn-Production', logicalId: 'ServingRolloutStateMachineServiceRole0123ABCD' };
  expect(physicalName(resource, 64)).toBe(physicalName(resource, 64));
  expect(physicalName(resource, 64)).toHaveLength(64);
  expect(physicalName(resource, 64)).toMatch(/^Churn-Production-Serving.*-[0-9a-f]{12}$/);
  expect(physicalName({ stack: 'A', logicalId: 'B' }, 64)).toMatch(/^A-B-[0-9a-f]{12}$/);
  expect(physicalName({ stack: 'A', logicalId: 'B' }, 64)).not.toBe(physicalName({ stack: 'A', logicalId: 'C' }, 64));
});

test('equal folders give equal zips, whatever their time stamps', async () => {
  const dirs = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'assay-zip-')));
  for (const [index, dir] of dirs.entries()) {
    mkdirSync(join(dir, 'sub'));
    for (const file of index === 0 ? ['b.js', 'sub/a.js'] : ['sub/a.js', 'b.js']) writeFileSync(join(dir, file), file);
    utimesSync(join(dir, 'b.js'), index, index);
  }
  const [first, second] = await Promise.all(dirs.map(zipFolder));
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
  for (const dir of dirs) rmSync(dir, { recursive: true });
});

test('a bucket gets the versioning, encryption, access and lifecycle of the template', async () => {
  const { resources } = await deploy({
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: [
            {
              Status: 'Enabled',
              NoncurrentVersionExpiration: { NoncurrentDays: 30 },
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
            },
          ],
        },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    },
  });
  const Bucket = resources[0]?.ref ?? '';
  const s3 = new S3Client(awsClientConfig(engine.context));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  expect(
    (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules?.[0]
      ?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
  ).toBe('AES256');
  expect(
    (await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration?.RestrictPublicBuckets,
  ).toBe(true);
  expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules?.[0]).toMatchObject({
    NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  });
});

test('topics, queues, keys, roles, parameters and dashboards are made, and made once', async () => {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
  };
  const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] };
  const resources = {
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: allow, EnableKeyRotation: true } },
    Alias: {
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: 'alias/assay', TargetKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'notices', KmsMasterKeyId: { Ref: 'Key' } } },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'email', Endpoint: 'team@example.com' },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 600 } },
    QueuePolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: allow } },
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'p', PolicyDocument: allow, Roles: [{ Ref: 'Role' }] },
    },
    Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allow, Roles: [{ Ref: 'Role' }] } },
    Parameter: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/app/topic', Type: 'String', Value: { Ref: 'Topic' } },
    },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 14 } },
    Board: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: '{"widgets":[]}' } },
  };
  const first = await deploy(resources);
  const second = await deploy(resources);
  expect(second.resources).toEqual(first.resources);
  const { Parameter } = await new SSMClient(awsClientConfig(engine.context)).send(
    new GetParameterCommand({ Name: '/app/topic' }),
  );
  expect(Parameter).toMatchObject({
    Version: 1,
    Value: first.resources.find(({ logicalId }) => logicalId === 'Topic')?.ref,
  });
  const { Subscriptions } = await new SNSClient(awsClientConfig(engine.context)).send(
    new ListSubscriptionsByTopicCommand({ TopicArn: Parameter?.Value }),
  );
  expect(Subscriptions).toHaveLength(1);
});

test.each<[object, string]>([
  [
    { Table: { Type: 'AWS::Glue::Table' }, Bucket: { Type: 'AWS::S3::Bucket' } },
    'The one-machine engine cannot create S/Table (AWS::Glue::Table); it knows AWS::ApiGatewayV2::Api, ',
  ],
  [
    { B: { Type: 'AWS::S3::Bucket', Properties: { ReplicationConfiguration: {} } } },
    'S/B (AWS::S3::Bucket): the one-machine engine does not support ReplicationConfiguration; it supports AccessControl',
  ],
  [
    { F: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.12', Handler: 'h', Role: 'r', Code: {} } } },
    'S/F (AWS::Lambda::Function): Runtime python3.12 is not supported here',
  ],
  [
    { R: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 week)' } } },
    'S/R (AWS::Events::Rule): rate(1 week) must be a whole number of minutes, hours or days',
  ],
  [
    { A: { Type: 'AWS::CloudWatch::Alarm', Properties: { ComparisonOperator: 'LessThanLowerThreshold' } } },
    'S/A (AWS::CloudWatch::Alarm): ComparisonOperator LessThanLowerThreshold is not supported',
  ],
  [
    { T: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: 't', Protocol: 'sms', Endpoint: 'x' } } },
    'S/T (AWS::SNS::Subscription): the subscription protocol sms is not supported here',
  ],
  [
    { Q: { Type: 'AWS::SQS::QueuePolicy', DependsOn: 'P' }, P: { Type: 'AWS::SQS::QueuePolicy', DependsOn: 'Q' } },
    'Stack S: resources depend on each other in a circle: Q → P → Q.',
  ],
])('%j is refused in one line', async (resources, message) => {
  await expect(deploy(resources)).rejects.toThrow(message);
});

test('a table is made once, and keeps its items', async () => {
  const table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'endpoint', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'endpoint', KeyType: 'HASH' }],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    },
  };
  const TableName = (await deploy({ Table: table })).resources[0]?.ref ?? '';
  const dynamodb = new DynamoDBClient(awsClientConfig(engine.context));
  await dynamodb.send(new PutItemCommand({ TableName, Item: { endpoint: { S: 'churn' }, holder: { S: 'a' } } }));
  expect((await deploy({ Table: table })).resources[0]?.ref).toBe(TableName);
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { endpoint: { S: 'churn' } } }));
  expect(Item).toMatchObject({ holder: { S: 'a' } });
  await expect(
    deploy({ Table: { ...table, Properties: { ...table.Properties, BillingMode: 'PROVISIONED' } } }),
  ).rejects.toThrow('BillingMode must be PAY_PER_REQUEST; found PROVISIONED');
});

test('a disabled schedule is accepted', async () => {
  await expect(
    deploy({ R: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 day)', State: 'DISABLED' } } }),
  ).resolves.toBeDefined();
});

test('a work group and a database of Athena have their names; calls of Athena are refused', async () => {
  const resources = {
    Group: {
      Type: 'AWS::Athena::WorkGroup',
      Properties: {
        Name: 'data-gates',
        Description: 'd',
        RecursiveDeleteOption: true,
        WorkGroupConfiguration: { EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 1e9 },
      },
    },
    Database: {
      Type: 'AWS::Glue::Database',
      Properties: { CatalogId: '111122223333', DatabaseInput: { Name: 'data_gates', Description: 'd' } },
    },
  };
  const { resources: made } = await deploy(resources);
  expect(made.map(({ ref }) => ref).sort()).toEqual(['data-gates', 'data_gates']);
  const athena = new AthenaClient({ ...awsClientConfig(engine.context), maxAttempts: 1 });
  const query = new StartQueryExecutionCommand({ QueryString: 'SELECT 1', WorkGroup: 'data-gates' });
  await expect(athena.send(query)).rejects.toThrow(/does not have the service athena/);
  await expect(
    deploy({ Group: { Type: 'AWS::Athena::WorkGroup', Properties: { Name: 'x', State: 'DISABLED' } } }),
  ).rejects.toThrow(/does not support State/);
});
