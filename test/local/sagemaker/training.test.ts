import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  ListTrainingJobsCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { BUCKET, eventually, IMAGE, TestEngine } from './engine';
import { TRAINING_REQUEST } from './requests';
import { archive, INFERENCE, TRAIN, TRAIN_CSV, unarchive } from './workload';

const engine = new TestEngine();
let client: SageMakerClient;
let source: string;

beforeAll(async () => {
  await engine.start();
  await engine.makeBucket();
  client = new SageMakerClient(engine.aws());
  source = await engine.put('source/sourcedir.tar.gz', archive({ 'train.py': TRAIN, 'inference.py': INFERENCE }));
  await engine.put('data/train/train.csv', TRAIN_CSV);
});

afterAll(async () => {
  client.destroy();
  await engine.close();
});

const job = (
  name: string,
  hyperparameters: Record<string, string> = {},
  more: Partial<CreateTrainingJobCommandInput> = {},
): CreateTrainingJobCommandInput => ({
  ...TRAINING_REQUEST,
  TrainingJobName: name,
  AlgorithmSpecification: {
    ...TRAINING_REQUEST.AlgorithmSpecification,
    MetricDefinitions: [{ Name: 'accuracy', Regex: 'accuracy=([0-9.]+)' }],
  },
  HyperParameters: { sagemaker_program: 'train.py', sagemaker_submit_directory: source, ...hyperparameters },
  ...more,
});

const describeJob = (name: string) => client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));

const ended = (name: string): Promise<DescribeTrainingJobCommandOutput> =>
  eventually(async () => {
    const found = await describeJob(name);
    return ['InProgress', 'Stopping'].includes(found.TrainingJobStatus ?? '') ? undefined : found;
  });

const run = async (input: CreateTrainingJobCommandInput): Promise<DescribeTrainingJobCommandOutput> => {
  await client.send(new CreateTrainingJobCommand(input));
  return ended(input.TrainingJobName ?? '');
};

test('a job trains, uploads its model and reports what it did', async () => {
  const done = await run(
    job('fit', { strength: '0.5', note: '"a text"', k: '3' }, { Environment: { TEAM: 'growth' } }),
  );
  expect(done.FailureReason).toBeUndefined();
  expect(done.TrainingJobStatus).toBe('Completed');
  expect(done.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${BUCKET}/out/fit/output/model.tar.gz`);
  expect(done.FinalMetricDataList?.[0]).toMatchObject({ MetricName: 'accuracy', Value: expect.any(Number) });
  expect(done.SecondaryStatusTransitions?.map((each) => each.Status)).toEqual([
    'Starting',
    'Downloading',
    'Training',
    'Uploading',
    'Completed',
  ]);
  expect(done.TrainingTimeInSeconds).toBeGreaterThan(0);
  expect(done.TrainingEndTime?.getTime()).toBeGreaterThan(done.CreationTime?.getTime() ?? Number.POSITIVE_INFINITY);
  expect(Object.keys(await unarchive(await engine.get('out/fit/output/model.tar.gz')))).toEqual(['model.joblib']);
});

test('the script sees the script-mode contract', async () => {
  const { 'seen.json': text = '{}' } = await unarchive(await engine.get('out/fit/output/output.tar.gz'));
  const seen = JSON.parse(text);
  expect(seen).toMatchObject({
    ARGV: ['-k', '3', '--note', 'a text', '--strength', '0.5'],
    TEAM: 'growth',
    TRAINING_JOB_NAME: 'fit',
    SM_CHANNELS: '["train"]',
    SM_HPS: '{"k":3,"note":"a text","strength":0.5}',
    SM_HP_STRENGTH: '0.5',
    SM_HP_NOTE: 'a text',
    SM_CURRENT_HOST: 'algo-1',
    SM_HOSTS: '["algo-1"]',
    SM_NUM_GPUS: '0',
  });
  expect(seen.SM_CHANNEL_TRAIN).toMatch(/\/jobs\/fit\/input\/data\/train$/);
});

test('the same job on the same data gives the same bytes', async () => {
  await run(job('fit-again', { strength: '0.5' }));
  const [one, two] = await Promise.all(
    ['fit', 'fit-again'].map((name) => engine.get(`out/${name}/output/model.tar.gz`)),
  );
  expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
});

test('an exception of the script is the failure reason', async () => {
  const done = await run(job('raises', { outcome: 'raise' }));
  expect(done.TrainingJobStatus).toBe('Failed');
  expect(done.FailureReason).toBe('AlgorithmError: ValueError: the target has one class only');
  const events = engine.events.filter((event) => event.detail.TrainingJobName === 'raises');
  expect(events.map((event) => event['detail-type'])).toContain('SageMaker Training Job State Change');
  expect(events.at(-1)?.detail).toMatchObject({ TrainingJobStatus: 'Failed', FailureReason: done.FailureReason });
});

test('the failure file wins over the log', async () => {
  const done = await run(job('says-why', { outcome: 'failure-file' }));
  expect(done.FailureReason).toBe('AlgorithmError: labels are missing');
});

test('a job beyond its time is stopped', async () => {
  const limit = { StoppingCondition: { MaxRuntimeInSeconds: 3 } };
  const done = await run(job('too-long', { outcome: 'sleep' }, limit));
  expect([done.TrainingJobStatus, done.SecondaryStatus]).toEqual(['Stopped', 'MaxRuntimeExceeded']);
});

test('a job can be stopped, once', async () => {
  await client.send(new CreateTrainingJobCommand(job('halted', { outcome: 'sleep' })));
  await eventually(async () => ((await describeJob('halted')).SecondaryStatus === 'Training' ? true : undefined));
  await client.send(new StopTrainingJobCommand({ TrainingJobName: 'halted' }));
  expect((await ended('halted')).TrainingJobStatus).toBe('Stopped');
  await expect(client.send(new StopTrainingJobCommand({ TrainingJobName: 'halted' }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('missing data fails the job and says which channel', async () => {
  const S3Uri = `s3://${BUCKET}/nowhere/`;
  const InputDataConfig = [
    { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri } } },
  ];
  const done = await run(job('no-data', {}, { InputDataConfig }));
  expect(done.FailureReason).toBe(
    `ClientError: Data download failed: no S3 objects found under "${S3Uri}" given for channel train`,
  );
});

test('requirements that cannot be installed fail the job before it trains', async () => {
  const files = { 'train.py': TRAIN, 'requirements.txt': 'scikit-learn>=1\n-e .\n' };
  const where = await engine.put('source/editable.tar.gz', archive(files));
  const done = await run(job('editable', { sagemaker_submit_directory: where }));
  expect(done.FailureReason).toContain("requirements.txt line 2: '-e .' cannot be installed");
});

describe('a request is refused', () => {
  const send = (input: CreateTrainingJobCommandInput) => client.send(new CreateTrainingJobCommand(input));

  test('for a name that was used', async () => {
    await expect(send(job('fit'))).rejects.toMatchObject({ name: 'ResourceInUse' });
  });

  test.each([
    ['a name with an underscore', job('no_good'), 'TrainingJobName'],
    [
      'another image',
      job(
        'x',
        {},
        {
          AlgorithmSpecification: {
            TrainingImage: IMAGE.replace('scikit-learn', 'xgboost'),
            TrainingInputMode: 'File',
          },
        },
      ),
      'sagemaker-xgboost',
    ],
    [
      'pipe mode',
      job('x', {}, { AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'Pipe' } }),
      'TrainingInputMode Pipe',
    ],
    [
      'two instances',
      job('x', {}, { ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 1 } }),
      'InstanceCount 2',
    ],
    [
      'a manifest file',
      job(
        'x',
        {},
        {
          InputDataConfig: [
            { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: 's3://a/b' } } },
          ],
        },
      ),
      'ManifestFile',
    ],
  ])('for %s', async (_, input, named) => {
    await expect(send(input)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(named),
    });
  });

  test('for a job that does not exist', async () => {
    await expect(describeJob('nothing')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Requested resource not found'),
    });
  });
});

test('jobs are listed newest first, by status and page', async () => {
  const { TrainingJobSummaries: failed = [] } = await client.send(
    new ListTrainingJobsCommand({ StatusEquals: 'Failed' }),
  );
  expect(failed.map((each) => each.TrainingJobName)).toEqual(['editable', 'no-data', 'says-why', 'raises']);
  const first = await client.send(new ListTrainingJobsCommand({ MaxResults: 2, SortOrder: 'Ascending' }));
  const second = await client.send(
    new ListTrainingJobsCommand({ MaxResults: 2, SortOrder: 'Ascending', NextToken: first.NextToken }),
  );
  const names = [first, second].flatMap((each) => each.TrainingJobSummaries ?? []).map((each) => each.TrainingJobName);
  expect(names).toEqual(['fit', 'fit-again', 'raises', 'says-why']);
});
