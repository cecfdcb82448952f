import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '../../lib/local/engine/aws';
import { pause } from '../../lib/local/engine/clock';
import { awsJsonCall } from '../../lib/local/provision/aws-call';
import { startTestEngine, temporaryFolder, writeAssembly } from './harness';

jest.setTimeout(90_000);

const HANDLER = `
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
exports.handler = async (event, context) => {
  if (event.fail) throw new RangeError('asked to fail');
  console.log('storing', process.env.ENGINE_SECRET ?? 'nothing of the engine');
  const { VersionId } = await new S3Client().send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: 'out.json', Body: JSON.stringify(event) }));
  return { VersionId, remaining: context.getRemainingTimeInMillis() > 0, secret: process.env.ENGINE_SECRET };
};`;

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
};

const assembly = writeAssembly({
  Work: {
    dependencies: ['Data'],
    code: { 'index.js': HANDLER },
    template: {
      Parameters: {
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
      },
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: TRUST },
        },
        Store: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
            Code: { S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1' }, S3Key: 'Work.zip' },
            Handler: 'index.handler',
            Runtime: 'nodejs22.x',
            Timeout: 20,
            Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Environment: { Variables: { BUCKET: { 'Fn::ImportValue': 'Data:Bucket' } } },
          },
        },
        Once: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: { Ref: 'Store' },
            MaximumRetryAttempts: 1,
            DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failures', 'Arn'] } } },
            Qualifier: '$LATEST',
          },
        },
        Failures: { Type: 'AWS::SQS::Queue' },
        Alarm: {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            Namespace: 'N',
            MetricName: 'Errors',
            Dimensions: [{ Name: 'V', Value: 'green' }],
            Statistic: 'Sum',
            Period: 60,
            EvaluationPeriods: 2,
            DatapointsToAlarm: 1,
            Threshold: 2,
            ComparisonOperator: 'GreaterThanThreshold',
            TreatMissingData: 'notBreaching',
          },
        },
        OnAlarm: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: { source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } },
            Targets: [
              {
                Id: 'T',
                Arn: { 'Fn::GetAtt': ['Store', 'Arn'] },
                InputTransformer: { InputPathsMap: { name: '$.detail.alarmName' }, InputTemplate: '{"alarm": <name>}' },
              },
            ],
          },
        },
        OnOrder: {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: { source: ['shop'] },
            Targets: [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Store', 'Arn'] }, InputPath: '$.detail' }],
          },
        },
      },
      Outputs: {
        FunctionName: { Value: { Ref: 'Store' } },
        QueueUrl: { Value: { Ref: 'Failures' } },
        Alarm: { Value: { Ref: 'Alarm' } },
      },
    },
  },
  Data: {
    template: {
      Resources: {
        Bucket: { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: { Status: 'Enabled' } } },
      },
      Outputs: { Bucket: { Value: { Ref: 'Bucket' }, Export: { Name: 'Data:Bucket' } } },
    },
  },
});

const folder = temporaryFolder();
let engine: Awaited<ReturnType<typeof startTestEngine>>;
let outputs: Readonly<Record<string, string>>;
let bucket: string;
let s3: S3Client;

async function start() {
  engine = await startTestEngine(folder.path);
  const deployment = await engine.deploy(assembly);
  outputs = deployment.outputs.Work ?? {};
  bucket = deployment.outputs.Data?.Bucket ?? '';
  s3 = new S3Client(awsClientConfig(engine.context));
}

async function stored(versionId?: string): Promise<unknown> {
  const { Body } = await s3.send(
    new GetObjectCommand({
      Bucket: bucket,
      Key: 'out.json',
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    }),
  );
  return JSON.parse((await Body?.transformToString()) ?? '');
}

const store = (event: object) =>
  engine.lambda.invoke(outputs.FunctionName ?? '', event) as Promise<{
    VersionId: string;
    remaining: boolean;
    secret?: string;
  }>;

beforeAll(start);
afterAll(async () => {
  await engine.close();
  folder.remove();
});

test('a bundled handler reads its environment, calls S3 through the gateway and knows nothing of the engine', async () => {
  process.env.ENGINE_SECRET = 'leaked';
  const answer = await store({ n: 1 });
  expect(answer).toEqual({ VersionId: expect.any(String), remaining: true });
  expect(await stored(answer.VersionId)).toEqual({ n: 1 });
  const log = readFileSync(join(folder.path, 'logs/lambda', `${outputs.FunctionName}.log`), 'utf8');
  expect(log).toMatch(/START RequestId.*\nstoring nothing of the engine\nEND/);
});

test('Lambda answers the Invoke API with the error of the function', async () => {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=x/20261121/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0';
  const url = `${engine.context.endpointUrl}/2015-03-31/functions/${outputs.FunctionName}/invocations`;
  const response = await fetch(url, { method: 'POST', headers: { authorization }, body: '{"fail":true}' });
  expect(response.headers.get('x-amz-function-error')).toBe('Unhandled');
  expect(await response.json()).toMatchObject({ errorType: 'RangeError', errorMessage: 'asked to fail' });
});

test('an event reaches its function; when every attempt fails, the event lands in the failure queue and the log says so', async () => {
  engine.bus.publish({ source: 'shop', 'detail-type': 'Order', detail: { n: 2 } });
  await engine.bus.drain();
  expect(await stored()).toEqual({ n: 2 });
  engine.bus.publish({ source: 'shop', 'detail-type': 'Order', detail: { fail: true } });
  await engine.bus.drain();
  expect(engine.lines).toContain(`lambda ${outputs.FunctionName} failed (attempt 2 of 2): RangeError: asked to fail`);
  const { Messages } = await awsJsonCall(engine.context, 'sqs', 'AmazonSQS.ReceiveMessage', {
    QueueUrl: outputs.QueueUrl,
  });
  expect(JSON.parse((Messages as { Body: string }[])[0]?.Body ?? '')).toMatchObject({
    requestPayload: { fail: true },
    responsePayload: { errorMessage: 'asked to fail' },
  });
});

test('an alarm follows its metric and its event starts a function', async () => {
  const cloudwatch = new CloudWatchClient(awsClientConfig(engine.context));
  const state = async () =>
    (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [outputs.Alarm ?? ''] }))).MetricAlarms?.[0]
      ?.StateValue;
  const until = async (wanted: string) => {
    for (const end = Date.now() + 8000; Date.now() < end; await pause(100)) if ((await state()) === wanted) return;
    throw new Error(`the alarm did not become ${wanted}: ${engine.lines.join('\n')}`);
  };
  expect(await state()).toBe('INSUFFICIENT_DATA');
  engine.alarms.start();
  await until('OK');
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'N',
      MetricData: [{ MetricName: 'Errors', Dimensions: [{ Name: 'V', Value: 'green' }], Value: 3 }],
    }),
  );
  await until('ALARM');
  await until('OK');
  await engine.bus.drain();
  expect(await stored()).toEqual({ alarm: outputs.Alarm });
});

test('the next engine finds buckets and versions of the last, and creates nothing twice', async () => {
  const { VersionId } = await store({ last: true });
  const [before, old] = [outputs.FunctionName, bucket];
  await engine.close();
  await start();
  expect([outputs.FunctionName, bucket]).toEqual([before, old]);
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  expect(Versions.find((version) => version.IsLatest)?.VersionId).toBe(VersionId);
  expect((await store({ again: true })).VersionId).not.toBe(VersionId);
});
