import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { ensureConfig, ensureModel } from '../../lambda/rollout/create';
import { readIntervals } from '../../lambda/rollout/metrics';
import { handler as plan } from '../../lambda/rollout/plan';
import { packageArn, RUN, setEnvironment } from './run-fixture';
import { validation, World } from './world';

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

describe('plan', () => {
  let world: World;
  const production = async (version: number) => (await plan({ runId: RUN, modelPackageArn: packageArn(version) })).plan;
  beforeEach(() => {
    setEnvironment('production');
    world = new World();
  });
  afterEach(() => world.close());
  const serve = (status: string, weights: Readonly<Record<string, number>> = { blue: 100 }): void => {
    const variants = Object.entries(weights).map(([name, weight]) => ({ name, model: 'm', weight }));
    world.endpoint = { status, config: 'c', variants, busy: 0, settle: () => undefined };
  };

  test('takes the package from the registration when none is given', async () => {
    world.objects.set(`runs/${RUN}/registration.json`, JSON.stringify({ modelPackageArn: packageArn(7) }));
    await expect(plan({ runId: RUN, modelPackageArn: '' })).resolves.toMatchObject({ modelPackageArn: packageArn(7) });
  });

  test('is the same for the same release, so that a repeated start does no harm', async () => {
    expect(await production(1)).toEqual(await production(1));
    expect(await production(1)).not.toEqual(await production(2));
  });

  test('names stay within the 63 characters of SageMaker', async () => {
    process.env.ASSAY_APPLICATION = 'a'.repeat(20);
    const planned = await production(1);
    if (planned.kind !== 'deploy' || planned.deploy.kind !== 'fleet') throw new Error(`planned ${planned.kind}`);
    expect(planned.model.name.length).toBeLessThanOrEqual(63);
    expect(planned.deploy.fleet.configName).toMatch(/^a{20}-production-[0-9a-f]{16}$/);
  });

  test.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'])(
    'waits while the endpoint is %s',
    async (status) => {
      serve(status);
      await expect(production(1)).resolves.toEqual({ kind: 'wait', reason: `endpoint churn-production is ${status}` });
    },
  );

  test('refuses a failed endpoint and one that nobody serves', async () => {
    serve('Failed');
    await expect(production(1)).resolves.toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('#endpoint-failed'),
    });
    serve('InService', { blue: 0, green: 0 });
    await expect(production(1)).resolves.toMatchObject({
      kind: 'refused',
      reason: 'endpoint churn-production has no variant blue or green with weight above 0; found blue 0, green 0',
    });
  });

  test('refuses more looks than one execution has room for', async () => {
    world.close();
    world = new World({ judgeEverySeconds: 1, bakeSeconds: 3600, maxBakeSeconds: 3600 });
    await expect(production(1)).resolves.toMatchObject({
      kind: 'refused',
      reason:
        'canary asks for up to 10800 looks of the judge; one rollout has room for 1500: raise judgeEverySeconds or lower maxBakeSeconds',
    });
  });
});
