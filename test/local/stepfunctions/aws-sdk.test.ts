import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { type MotoServer, startMoto } from '../../../lib/local/moto/moto';
import { MOTO_SERVICES } from '../../../lib/local/moto/services';
import { type Bench, bench, single, VENV } from './harness';

let b: Bench;
let moto: MotoServer;
const processes = new LocalProcessHost();
const stateDir = mkdtempSync(join(tmpdir(), 'assay-sfn-moto-'));

beforeAll(async () => {
  moto = await startMoto({ processes, venv: VENV, stateDir, account: '123456789012' });
  b = await bench({ fallback: { url: moto.url, services: MOTO_SERVICES } });
}, 60_000);

afterAll(async () => {
  await b.close();
  await moto.stop();
  await processes.close();
  rmSync(stateDir, { recursive: true, force: true });
}, 60_000);

const task = (resource: string, args: unknown, more: object = {}) =>
  single({ Type: 'Task', Resource: `arn:aws:states:::${resource}`, Arguments: args, End: true, ...more });

describe('the AWS emulator, through the gateway', () => {
  let s3: S3Client;
  beforeAll(async () => {
    s3 = new S3Client({ ...awsClientConfig(b.context), forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({ Bucket: 'runs', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
    );
  });
  afterAll(() => s3.destroy());

  const put = (Body: unknown) => b.run(task('aws-sdk:s3:putObject', { Bucket: 'runs', Key: 'training.json', Body }));
  const stored = async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'runs', Key: 'training.json' }));
    return Body?.transformToString();
  };

  test('s3:putObject writes an object as JSON, and a string as a JSON string', async () => {
    await expect(put({ schema: 'assay.training/1', job: 'j' })).resolves.toMatchObject({
      status: 'SUCCEEDED',
      output: { ETag: expect.any(String) },
    });
    await expect(stored()).resolves.toBe('{"schema":"assay.training/1","job":"j"}');
    await put('plain');
    await expect(stored()).resolves.toBe('"plain"');
  });

  test('s3:getObject gives the body as text and times in ISO 8601', async () => {
    await put({ a: 1 });
    const get = task(
      'aws-sdk:s3:getObject',
      { Bucket: 'runs', Key: 'training.json' },
      {
        Output: { body: '{% $parse($states.result.Body) %}', modified: '{% $states.result.LastModified %}' },
      },
    );
    await expect(b.run(get)).resolves.toMatchObject({
      output: { body: { a: 1 }, modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
    });
  });

  test('exceptions have the service’s name and the suffix Exception', async () => {
    const get = task('aws-sdk:s3:getObject', { Bucket: 'runs', Key: 'none' });
    await expect(b.run(get)).resolves.toMatchObject({
      error: 'S3.NoSuchKeyException',
      cause: expect.stringMatching(/Service: S3, Status Code: 404/),
    });
    const parameter = task('aws-sdk:ssm:getParameter', { Name: '/none' });
    await expect(b.run(parameter)).resolves.toMatchObject({ error: 'Ssm.ParameterNotFoundException' });
  });

  test('cloudwatch: times may be text, alarms are read', async () => {
    const metric = { MetricName: 'Errors', Value: 1, Timestamp: '{% $now() %}' };
    const put = task('aws-sdk:cloudwatch:putMetricData', { Namespace: 'Test', MetricData: [metric] });
    await expect(b.run(put)).resolves.toMatchObject({ status: 'SUCCEEDED' });
    const alarms = task('aws-sdk:cloudwatch:describeAlarms', { AlarmNames: ['none'] });
    await expect(b.run(alarms)).resolves.toMatchObject({ status: 'SUCCEEDED', output: { MetricAlarms: [] } });
  });

  test('sns:publish answers with the message id; a missing topic is an error of SNS', async () => {
    const sns = new SNSClient(awsClientConfig(b.context));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'notices' }));
    sns.destroy();
    const publish = (topic: string | undefined) =>
      b.run(task('sns:publish', { TopicArn: topic, Message: 'done', Subject: 'Release' }));
    await expect(publish(TopicArn)).resolves.toMatchObject({ output: { MessageId: expect.any(String) } });
    await expect(publish(`${TopicArn}-none`)).resolves.toMatchObject({ error: 'SNS.NotFoundException' });
  });
});
