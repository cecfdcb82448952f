import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type LocalEngine, startEngine } from '../../../lib/local/engine';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { awsJsonCall } from '../../../lib/local/provision/aws-call';
import { temporaryFolder, writeAssembly } from '../harness';

const HOUR = 3_600_000;
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const folder = temporaryFolder();
let engine: LocalEngine;

/** A machine that waits is started every six hours; whatever lands in the bucket is told to a queue. */
const assembly = () => {
  const wait = { Type: 'Wait', Seconds: 60, End: true };
  const machine = { StartAt: 'Wait', QueryLanguage: 'JSONata', States: { Wait: wait } };
  const Resources = {
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { DefinitionString: JSON.stringify(machine), RoleArn: 'arn:r' },
    },
    Check: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(6 hours)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arnOf('Machine'), RoleArn: 'arn:r', Input: '{}' },
      },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'golden',
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'landed' } },
    Landed: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: { bucket: { name: [{ Ref: 'Bucket' }] }, object: { key: [{ prefix: 'landing/' }] } },
        },
        Targets: [{ Id: 'Q', Arn: arnOf('Queue') }],
      },
    },
  };
  const Outputs = { MachineArn: { Value: { Ref: 'Machine' } } };
  return writeAssembly({ Time: { template: { Resources, Outputs } } });
};

const start = async () => {
  const venv = join(__dirname, '../../../.venv');
  const approvals = { decide: () => Promise.reject(new Error('nothing is to be approved')) };
  engine = await startEngine({ assembly: assembly(), stateDir: folder.path, venv, timeScale: 0.005, approvals });
};
beforeAll(start);
afterAll(async () => {
  await engine.close();
  folder.remove();
});

async function executions(): Promise<(string | undefined)[]> {
  const client = new SFNClient(awsClientConfig(engine.context));
  const found = await client.send(new ListExecutionsCommand({ stateMachineArn: engine.output('MachineArn') }));
  client.destroy();
  return (found.executions ?? []).map(({ status }) => status);
}

test('an advance carries out a day of schedules; with untilIdle each has ended before the next begins', async () => {
  const before = engine.context.calendar.now();
  await engine.advance(13 * HOUR);
  expect(await executions()).toHaveLength(3);
  await engine.idle();
  expect(await executions()).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  await engine.advance(10 * HOUR, { untilIdle: true });
  expect(await executions()).toEqual(Array.from({ length: 4 }, () => 'SUCCEEDED'));
  const passed = engine.context.calendar.now().getTime() - before.getTime();
  expect(passed).toBeGreaterThanOrEqual(23 * HOUR);
  expect(passed).toBeLessThan(24 * HOUR);
});

test('an upload has reached what its rule names when the engine has drained, stamped with the calendar', async () => {
  const s3 = new S3Client(awsClientConfig(engine.context));
  const upload = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'golden', Key, Body: 'a,b\n1,2\n' }));
  await Promise.all([upload('landing/churn/a.csv'), upload('datasets/churn/b.csv')]);
  s3.destroy();
  await engine.drain();
  const QueueUrl = `${engine.context.endpointUrl}/${engine.context.account}/landed`;
  const call = { QueueUrl, MaxNumberOfMessages: 10 };
  const { Messages } = await awsJsonCall(engine.context, 'sqs', 'AmazonSQS.ReceiveMessage', call);
  const events = (Messages as { Body: string }[]).map(({ Body }) => JSON.parse(Body));
  expect(events.map(({ detail }) => detail.object.key)).toEqual(['landing/churn/a.csv']);
  const age = engine.context.calendar.now().getTime() - Date.parse(events[0].time);
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(60_000);
});

test('the next engine goes on from the date of the last one, with the hours of its schedules', async () => {
  const before = engine.context.calendar.now();
  const due = await executions();
  await engine.close();
  await start();
  const now = engine.context.calendar.now();
  expect(now.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(await executions()).toHaveLength(due.length);
  await engine.advance(6 * HOUR, { untilIdle: true });
  expect(await executions()).toHaveLength(due.length + 1);
});
