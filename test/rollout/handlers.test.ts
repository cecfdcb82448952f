import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
  SageMakerServiceException,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { captureIn, dataCaptureConfig } from '../../lambda/rollout/capture';
import { ensureConfig, ensureModel } from '../../lambda/rollout/create';
import { readIntervals } from '../../lambda/rollout/metrics';
import { isNameOf, nameFor } from '../../lambda/rollout/release';
import { packageArn } from './run-fixture';

/** The error that the SDK throws for everything SageMaker refuses: its own class, with an unmodelled name. */
const validation = (message: string): SageMakerServiceException =>
  new SageMakerServiceException({ name: 'ValidationException', $fault: 'client', $metadata: {}, message });

describe('creating what may exist already', () => {
  const sagemaker = mockClient(SageMakerClient);
  const client = new SageMakerClient({ region: 'us-east-1' });
  const model = { name: 'm', packageArn: packageArn(1) };
  const fleet = {
    configName: 'c',
    variants: [{ name: 'blue', modelName: 'm', instanceType: 'ml.m5.large', instanceCount: 1, weight: 0 }],
  } as const;
  beforeEach(() => sagemaker.reset());
  afterAll(() => sagemaker.restore());

  test('the same content is as good as created', async () => {
    sagemaker.on(CreateModelCommand).rejects(validation('Cannot create already existing model "arn".'));
    sagemaker
      .on(DescribeModelCommand)
      .resolves({ PrimaryContainer: { ModelPackageName: packageArn(1), Mode: 'SingleModel' } });
    await expect(ensureModel(client, model, 'role')).resolves.toBeUndefined();
    sagemaker
      .on(CreateEndpointConfigCommand)
      .rejects(validation('Cannot create already existing endpoint configuration "arn".'));
    const variant = {
      VariantName: 'blue',
      ModelName: 'm',
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
      InitialVariantWeight: 0,
      ContainerStartupHealthCheckTimeoutInSeconds: 900,
    } as const;
    sagemaker.on(DescribeEndpointConfigCommand).resolves({ ProductionVariants: [variant] });
    await expect(ensureConfig(client, fleet)).resolves.toBeUndefined();
    sagemaker
      .on(DescribeEndpointConfigCommand)
      .resolves({ ProductionVariants: [{ ...variant, InitialVariantWeight: 1 }] });
    await expect(ensureConfig(client, fleet)).rejects.toThrow('endpoint configuration c exists with other content');
  });

  test('so is the same capture, whatever SageMaker adds to it, and no other one', async () => {
    const capture = { percent: 20, destination: 's3://monitoring/capture/blue=1/green=none' };
    const asked = dataCaptureConfig(capture);
    expect(asked.CaptureOptions).toEqual([{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }]);
    sagemaker.on(CreateEndpointConfigCommand).rejects(validation('Cannot create already existing endpoint "arn".'));
    const variant = {
      VariantName: 'blue',
      ModelName: 'm',
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
      InitialVariantWeight: 0,
      ContainerStartupHealthCheckTimeoutInSeconds: 900,
    } as const;
    const found = (more: object) => ({ ProductionVariants: [variant], DataCaptureConfig: { ...asked, ...more } });
    sagemaker.on(DescribeEndpointConfigCommand).resolves(found({ KmsKeyId: '' }));
    await expect(ensureConfig(client, { ...fleet, capture })).resolves.toBeUndefined();
    expect(captureIn({ ...asked, EnableCapture: undefined })).toEqual(capture);
    expect(captureIn({ ...asked, EnableCapture: false })).toBeUndefined();
    sagemaker.on(DescribeEndpointConfigCommand).resolves(found({ InitialSamplingPercentage: 100 }));
    await expect(ensureConfig(client, { ...fleet, capture })).rejects.toThrow('c exists with other content');
    sagemaker.on(DescribeEndpointConfigCommand).resolves({ ProductionVariants: [variant] });
    await expect(ensureConfig(client, { ...fleet, capture })).rejects.toThrow('c exists with other content');
  });

  test('other content and other errors are not', async () => {
    sagemaker.on(CreateModelCommand).rejects(validation('Cannot create already existing model "arn".'));
    sagemaker.on(DescribeModelCommand).resolves({ PrimaryContainer: { ModelPackageName: packageArn(2) } });
    await expect(ensureModel(client, model, 'role')).rejects.toThrow('model m exists with other content');
    sagemaker.on(CreateModelCommand).rejects(validation('Could not access model data at s3://b/k.'));
    await expect(ensureModel(client, model, 'role')).rejects.toThrow('Could not access model data');
  });
});

describe('reading what a variant did', () => {
  const cloudwatch = mockClient(CloudWatchClient);
  const client = new CloudWatchClient({ region: 'us-east-1' });
  const target = { endpoint: 'e', variant: 'green', maxLatencyMs: 250 };
  const since = new Date('2026-01-01T12:00:37.500Z');
  const read = () => readIntervals(client, target, since, new Date('2026-01-01T12:03:00Z'));
  const series = (Id: string, values: Readonly<Record<string, number>>) => ({
    Id,
    Timestamps: Object.keys(values).map((time) => new Date(`2026-01-01T${time}Z`)),
    Values: Object.values(values),
  });
  const minute = (time: string, counts: object) => ({ start: `2026-01-01T${time}.000Z`, seconds: 60, ...counts });
  beforeEach(() => cloudwatch.reset());
  afterAll(() => cloudwatch.restore());

  test('the minute in which the step began is left out: it also holds the checks before it', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        series('requests', { '12:00:00': 500, '12:01:00': 10, '12:02:00': 30 }),
        series('errors4xx', { '12:01:00': 0, '12:02:00': 4 }),
        series('errors5xx', { '12:00:00': 99, '12:01:00': 1, '12:02:00': 0 }),
        series('modelErrors', { '12:01:00': 2, '12:02:00': 1 }),
        series('timed', { '12:01:00': 10, '12:02:00': 30 }),
        series('fast', { '12:01:00': 3, '12:02:00': 30 }),
        series('slow', { '12:01:00': 7 }),
      ],
    });
    await expect(read()).resolves.toEqual([
      minute('12:01:00', { requests: 10, errors4xx: 0, errors5xx: 1, modelErrors: 2, slow: 7 }),
      // No data point above the bound, and all below it: none was slow.
      minute('12:02:00', { requests: 30, errors4xx: 4, errors5xx: 0, modelErrors: 1, slow: 0 }),
    ]);
    const input = cloudwatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input;
    expect(input?.StartTime).toEqual(new Date('2026-01-01T12:00:38Z'));
    expect(input?.MetricDataQueries?.map((query) => query.MetricStat?.Stat)).toEqual([
      ...['Sum', 'Sum', 'Sum', 'Sum', 'SampleCount', 'TC(:250000)', 'TC(250000:)'],
    ]);
  });

  test('missing data is missing, never zero', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves({ MetricDataResults: [series('requests', {}), series('errors5xx', {})] });
    await expect(read()).resolves.toEqual([]);
    const timed = [series('timed', { '12:01:00': 5 }), series('fast', { '12:01:00': 4 })];
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves({ MetricDataResults: [series('requests', { '12:01:00': 5 }), ...timed] });
    await expect(read()).resolves.toEqual([minute('12:01:00', { requests: 5 })]);
  });

  test('pages are read to the end', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: [series('requests', { '12:01:00': 5 })], NextToken: 'more' })
      .resolves({ MetricDataResults: [series('requests', { '12:02:00': 6 })] });
    await expect(read()).resolves.toEqual([minute('12:01:00', { requests: 5 }), minute('12:02:00', { requests: 6 })]);
  });
});

test('names depend on their content, stay within 63 characters, and are told from those of other endpoints', () => {
  const endpoint = `${'a'.repeat(20)}-production`;
  const name = nameFor(endpoint, ['content']);
  expect(name).toBe(nameFor(endpoint, ['content']));
  expect(name).not.toBe(nameFor(endpoint, ['other content']));
  expect(name.length).toBeLessThanOrEqual(63);
  expect([name, `${endpoint}-eu-${name.slice(-16)}`, `${endpoint}-by-hand`].map(isNameOf(endpoint))).toEqual([
    true,
    false,
    false,
  ]);
});
