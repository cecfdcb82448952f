import { CloudWatchClient, GetMetricDataCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { trainedModel } from './artifacts';
import { eventually, IMAGE, ROLE, TestEngine } from './engine';
import { archive, INFERENCE } from './workload';

const engine = new TestEngine();
let runtime: SageMakerRuntimeClient;
let cloudwatch: CloudWatchClient;

beforeAll(async () => {
  await engine.start();
  await engine.makeBucket();
  const client = new SageMakerClient(engine.aws());
  runtime = new SageMakerRuntimeClient({ ...engine.aws(), maxAttempts: 1 });
  cloudwatch = new CloudWatchClient(engine.aws());
  const ModelDataUrl = await engine.put('model.tar.gz', trainedModel());
  const submit = await engine.put('sourcedir.tar.gz', archive({ 'inference.py': INFERENCE }));
  const Environment = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: submit };
  const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment };
  await client.send(new CreateModelCommand({ ModelName: 'm', ExecutionRoleArn: ROLE, PrimaryContainer }));
  const ProductionVariants = ['blue', 'green'].map((VariantName) => ({
    VariantName,
    ModelName: 'm',
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large' as const,
  }));
  await client.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'c', ProductionVariants }));
  await client.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'c' }));
  await eventually(async () => {
    const found = await client.send(new DescribeEndpointCommand({ EndpointName: 'live' }));
    return found.EndpointStatus === 'InService' ? true : undefined;
  });
  client.destroy();
});

afterAll(async () => {
  runtime.destroy();
  cloudwatch.destroy();
  await engine.close();
});

const invoke = (TargetVariant: string, x: number, ContentType = 'application/json') =>
  runtime.send(
    new InvokeEndpointCommand({
      EndpointName: 'live',
      TargetVariant,
      ContentType,
      Body: JSON.stringify({ instances: [{ x }] }),
    }),
  );

const window = () => ({ StartTime: new Date(Date.now() - 600_000), EndTime: new Date(Date.now() + 5_000) });

const metric = (MetricName: string, variant: string) => ({
  Namespace: 'AWS/SageMaker',
  MetricName,
  Dimensions: [
    { Name: 'EndpointName', Value: 'live' },
    { Name: 'VariantName', Value: variant },
  ],
});

async function statistics(name: string, variant: string) {
  const Statistics = ['Sum', 'Average', 'SampleCount', 'Maximum'] as const;
  const { Datapoints } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      ...metric(name, variant),
      ...window(),
      Period: 3600,
      Statistics: [...Statistics],
    }),
  );
  return Datapoints?.[0];
}

test('each request counts once for its variant, good ones as zero errors', async () => {
  for (let i = 0; i < 10; i++) await invoke('green', 0.5);
  await invoke('green', 0.5, 'text/plain').catch(() => undefined);
  await invoke('blue', 666).catch(() => undefined);
  const invocations = await eventually(async () => {
    const found = await statistics('Invocations', 'green');
    return (found?.Sum ?? 0) >= 11 ? found : undefined;
  });
  expect(invocations.Sum).toBe(11);
  const errors = await statistics('Invocation5XXErrors', 'green');
  expect([errors?.SampleCount, errors?.Sum]).toEqual([11, 1]);
  expect(errors?.Average).toBeCloseTo(1 / 11, 10);
  expect((await statistics('Invocation4XXErrors', 'green'))?.Sum).toBe(0);
  expect((await statistics('InvocationModelErrors', 'green'))?.Sum).toBe(1);
  const crashed = await eventually(() => statistics('InvocationModelErrors', 'blue'));
  expect([crashed.SampleCount, crashed.Sum]).toEqual([1, 1]);
});

test('latency is in microseconds, and has percentiles', async () => {
  const latency = await statistics('ModelLatency', 'green');
  expect(latency?.SampleCount).toBe(11);
  expect(latency?.Average).toBeGreaterThan(100);
  expect(latency?.Average).toBeLessThan(5_000_000);
  const MetricStat = { Metric: metric('ModelLatency', 'green'), Period: 3600, Stat: 'p90' };
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({ ...window(), MetricDataQueries: [{ Id: 'p90', MetricStat }] }),
  );
  const [p90 = 0] = MetricDataResults?.[0]?.Values ?? [];
  expect(p90).toBeGreaterThan(100);
  expect(p90).toBeLessThanOrEqual(latency?.Maximum ?? 0);
});
