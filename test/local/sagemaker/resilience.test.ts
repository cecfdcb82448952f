import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { trainedModel } from './artifacts';
import { BUCKET, eventually, IMAGE, ROLE, TestEngine } from './engine';
import { archive, INFERENCE, TRAIN, TRAIN_CSV } from './workload';

const engine = new TestEngine();
let client: SageMakerClient;

const SLOW = `
import time

def model_fn(model_dir):
    time.sleep(60)
`;

beforeAll(async () => {
  await engine.start();
  await engine.makeBucket();
  client = new SageMakerClient(engine.aws());
  const ModelDataUrl = await engine.put('model.tar.gz', trainedModel());
  await engine.put('data/train.csv', TRAIN_CSV);
  const files = { 'train.py': TRAIN, 'inference.py': INFERENCE, 'slow.py': SLOW };
  const submit = await engine.put('sourcedir.tar.gz', archive(files));
  for (const [name, program] of [
    ['light', 'inference.py'],
    ['slow', 'slow.py'],
  ] as const) {
    const Environment = { SAGEMAKER_PROGRAM: program, SAGEMAKER_SUBMIT_DIRECTORY: submit };
    const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment };
    await client.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer }));
    const variant = {
      VariantName: 'blue',
      ModelName: name,
      InitialInstanceCount: 1,
      InstanceType: 'ml.m5.large' as const,
    };
    await client.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }));
  }
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

const endpointStatus = async (EndpointName: string) =>
  (await client.send(new DescribeEndpointCommand({ EndpointName }))).EndpointStatus;

test('600 requests at 200 a second are all answered', async () => {
  await client.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'light' }));
  await eventually(async () => ((await endpointStatus('live')) === 'InService' ? true : undefined));
  const runtime = new SageMakerRuntimeClient({ ...engine.aws(), maxAttempts: 1 });
  const Body = JSON.stringify({ instances: [{ x: 0.9 }] });
  const send = () =>
    runtime.send(new InvokeEndpointCommand({ EndpointName: 'live', ContentType: 'application/json', Body }));
  const answers: Promise<unknown>[] = [];
  const from = Date.now();
  while (answers.length < 600) {
    const due = Math.min(600, Math.floor((Date.now() - from) / 5));
    while (answers.length < due) answers.push(send());
    await new Promise((done) => setTimeout(done, 5));
  }
  const results = await Promise.allSettled(answers);
  expect(results.filter((each) => each.status === 'rejected')).toEqual([]);
  runtime.destroy();
});

test('closing the engine ends its work at once and says so in the records', async () => {
  const S3DataSource = { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${BUCKET}/data/` };
  await client.send(
    new CreateTrainingJobCommand({
      TrainingJobName: 'cut-off',
      RoleArn: ROLE,
      AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
      HyperParameters: {
        sagemaker_program: 'train.py',
        sagemaker_submit_directory: `s3://${BUCKET}/sourcedir.tar.gz`,
        outcome: 'sleep',
      },
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource } }],
      OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
    }),
  );
  await client.send(
    new CreateTransformJobCommand({
      TransformJobName: 'cut-off',
      ModelName: 'slow',
      TransformInput: { DataSource: { S3DataSource } },
      TransformOutput: { S3OutputPath: `s3://${BUCKET}/out` },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    }),
  );
  await client.send(new CreateEndpointCommand({ EndpointName: 'unborn', EndpointConfigName: 'slow' }));
  await new Promise((done) => setTimeout(done, 1500));
  const from = Date.now();
  await restart();
  expect(Date.now() - from).toBeLessThan(40_000);
  const training = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: 'cut-off' }));
  const transform = await client.send(new DescribeTransformJobCommand({ TransformJobName: 'cut-off' }));
  const reason = 'InternalServerError: the engine stopped before the work was done';
  expect([training.TrainingJobStatus, training.FailureReason]).toEqual(['Failed', reason]);
  expect([transform.TransformJobStatus, transform.FailureReason]).toEqual(['Failed', reason]);
  // The engine's end is no fault of the endpoint: its creation goes on.
  expect(await endpointStatus('unborn')).toBe('Creating');
  expect(await endpointStatus('live')).toBe('InService');
});

test('what a killed engine left half done is found ended, never in progress', async () => {
  for (const [document, field] of [
    ['sagemaker-training-jobs', 'InProgress'],
    ['sagemaker-transform-jobs', 'InProgress'],
    ['sagemaker-endpoints', 'Updating'],
  ] as const) {
    const file = join(engine.stateDir, `${document}.json`);
    const rows = JSON.parse(readFileSync(file, 'utf8')) as [string, { status: string }][];
    const killed = rows.map(([name, row]) => [name, name === 'unborn' ? row : { ...row, status: field }]);
    await engine.stopService();
    writeFileSync(file, JSON.stringify(killed));
    await start();
  }
  const training = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: 'cut-off' }));
  const transform = await client.send(new DescribeTransformJobCommand({ TransformJobName: 'cut-off' }));
  const endpoint = await client.send(new DescribeEndpointCommand({ EndpointName: 'live' }));
  expect([training.TrainingJobStatus, transform.TransformJobStatus]).toEqual(['Failed', 'Failed']);
  expect([endpoint.EndpointStatus, endpoint.EndpointConfigName]).toEqual(['InService', 'light']);
  expect(endpoint.FailureReason).toContain('the engine stopped');
});

async function start(): Promise<void> {
  await engine.start();
  client.destroy();
  client = new SageMakerClient(engine.aws());
}

async function restart(): Promise<void> {
  await engine.stopService();
  await start();
}
