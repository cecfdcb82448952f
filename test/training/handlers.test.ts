import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  SageMakerClient,
  SageMakerServiceException,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as prepare } from '../../lambda/training/prepare';
import { handler as record } from '../../lambda/training/record';
import type { RecordInput } from '../../lib/training/contract';
import { BUCKET, fakeRun, PACKAGE, RELEASE, RUN, TRAINING } from '../lambda/documents';
import { MemoryTable } from '../rollout/memory-table';
import { release } from '../rollout/run-fixture';

const sagemaker = mockClient(SageMakerClient);
const INPUT = { runId: RUN, executionName: 'e1' };

/** SageMaker answers so for endpoints that do not exist: no modelled exception. */
const validation = (message: string) =>
  new SageMakerServiceException({
    name: 'ValidationException',
    $fault: 'client',
    message,
    $metadata: { httpStatusCode: 400 },
  });

beforeEach(() => {
  sagemaker.reset();
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    APPLICATION: 'churn',
    ARTIFACT_BUCKET: BUCKET,
    PRODUCTION_ENDPOINT: 'churn-production',
    ASSAY_ROLLOUT_TABLE: 'rollouts',
    EXECUTION_ROLE_ARN: 'arn:aws:iam::111122223333:role/training',
    INSTANCE_TYPE: 'ml.m5.large',
    VOLUME_GIB: '10',
    MAX_RUNTIME_SECONDS: '3600',
  });
});

function production(
  weights: Readonly<Record<string, number>>,
  status: 'InService' | 'Creating' | 'Failed' = 'InService',
): void {
  const variants = Object.entries(weights).map(([VariantName, CurrentWeight]) => ({ VariantName, CurrentWeight }));
  sagemaker
    .on(DescribeEndpointCommand)
    .resolves({ EndpointStatus: status, EndpointConfigName: 'config', ProductionVariants: variants });
  sagemaker.on(DescribeEndpointConfigCommand, { EndpointConfigName: 'config' }).resolves({
    ProductionVariants: variants.map(({ VariantName }) => ({
      VariantName,
      ModelName: `model-of-${VariantName}`,
      InstanceType: 'ml.m5.large' as const,
    })),
  });
  sagemaker.on(DescribeModelCommand).callsFake(({ ModelName }) => ({
    PrimaryContainer: { ModelPackageName: ModelName === 'model-of-green' ? PACKAGE : 'other' },
  }));
}

describe('prepare', () => {
  const table = new MemoryTable();
  beforeEach(() => table.items.clear());
  afterAll(() => table.restore());
  const promoted = (version: number) => {
    const record = { ...release(version, `2026-01-0${version}T00:00:00Z`), modelPackageArn: PACKAGE, modelName: 'm' };
    const item = `release#${record.promotedAt}`;
    table.items.set(`churn-production\n${item}`, { ...record, endpoint: 'churn-production', item });
  };

  test('takes the release on record, although a candidate has all traffic in the last step of its canary', async () => {
    fakeRun({ 'release.json': RELEASE });
    promoted(1);
    production({ blue: 100, green: 0 });
    expect((await prepare(INPUT)).champion).toEqual({ modelPackageArn: PACKAGE, modelName: 'm' });
  });

  test('a reproduction meets no champion, and asks no behaviour rows', async () => {
    fakeRun({ 'release.json': { ...RELEASE, reproduces: 'run-1' } });
    promoted(1);
    production({ blue: 100 });
    expect(await prepare(INPUT)).toMatchObject({ champion: null, championTransform: null, probesTransform: null });
  });

  test('takes what serves where the release on record is not on the endpoint', async () => {
    fakeRun({ 'release.json': RELEASE });
    promoted(1);
    production({ blue: 100 });
    expect((await prepare(INPUT)).champion).toEqual({ modelPackageArn: 'other', modelName: 'model-of-blue' });
  });

  test('compares with the release on record even while the endpoint is broken', async () => {
    fakeRun({ 'release.json': RELEASE });
    promoted(1);
    production({}, 'Failed');
    expect((await prepare(INPUT)).champion).toMatchObject({ modelPackageArn: PACKAGE });
  });

  test('takes the package behind the heaviest variant as champion', async () => {
    fakeRun({ 'release.json': RELEASE });
    production({ blue: 0, green: 1 });
    const plan = await prepare(INPUT);
    expect(plan.champion).toEqual({ modelPackageArn: PACKAGE, modelName: 'model-of-green' });
    expect(plan.trainingJob.ResourceConfig).toEqual({
      InstanceType: 'ml.m5.large',
      InstanceCount: 1,
      VolumeSizeInGB: 10,
    });
  });

  test('has no champion before the first release', async () => {
    fakeRun({ 'release.json': RELEASE });
    sagemaker.on(DescribeEndpointCommand).rejects(validation('Could not find endpoint "churn-production".'));
    expect((await prepare(INPUT)).champion).toBeNull();
  });

  test.each(['Creating', 'Failed'] as const)(
    'has no champion where the endpoint is %s and never served',
    async (status) => {
      fakeRun({ 'release.json': RELEASE });
      production({ blue: 1 }, status);
      expect((await prepare(INPUT)).champion).toBeNull();
    },
  );

  test('does not take any other error for a missing endpoint', async () => {
    fakeRun({ 'release.json': RELEASE });
    sagemaker.on(DescribeEndpointCommand).rejects(validation('Rate exceeded'));
    await expect(prepare(INPUT)).rejects.toThrow('Rate exceeded');
  });

  test('refuses to compare with a model that is not in the registry', async () => {
    fakeRun({ 'release.json': RELEASE });
    production({ green: 1 });
    sagemaker.on(DescribeModelCommand).resolves({ PrimaryContainer: { Image: 'x' } });
    await expect(prepare(INPUT)).rejects.toThrow(
      'endpoint churn-production serves the model model-of-green, which was not made from a model package',
    );
  });

  test('refuses to compare with an endpoint whose variants get no traffic', async () => {
    fakeRun({ 'release.json': RELEASE });
    production({ blue: 0, green: 0 });
    await expect(prepare(INPUT)).rejects.toThrow('endpoint churn-production has no variant with weight above 0');
  });

  test('names the release that is missing', async () => {
    fakeRun({});
    await expect(prepare(INPUT)).rejects.toThrow(`runs/${RUN}/release.json does not exist`);
  });
});

describe('record', () => {
  const { schema: _, ...training } = TRAINING;
  const input: RecordInput = {
    runId: RUN,
    ...training,
    champion: null,
    championPredictionsUri: null,
    probesFailure: null,
  };

  test('writes training.json without a champion', async () => {
    const run = fakeRun({});
    await record(input);
    expect(run.written('training.json')).toEqual(TRAINING);
  });

  test('writes why the rows of the behaviour gate have no answers', async () => {
    const run = fakeRun({});
    await record({ ...input, probesFailure: 'batch transform x failed: ClientError' });
    expect(run.written('training.json')).toEqual({
      ...TRAINING,
      probesFailure: 'batch transform x failed: ClientError',
    });
  });

  test('writes training.json with a champion', async () => {
    const run = fakeRun({});
    const champion = { modelPackageArn: PACKAGE, modelName: 'm' };
    await record({ ...input, champion, championPredictionsUri: 's3://p' });
    expect(run.written('training.json')).toEqual({ ...TRAINING, champion, championPredictionsUri: 's3://p' });
  });
});
