import { jsonService } from '../../../lib/local/gateway/json-service';
import { AwsError } from '../../../lib/local/gateway/service';
import { type Bench, bench, single } from './harness';

/** The part of SageMaker's API that jobs need, over the wire: a job ends when the test says so. */
class Jobs {
  readonly created: unknown[] = [];
  readonly stopped: unknown[] = [];
  status = 'InProgress';

  handler() {
    const describe = (kind: 'Training' | 'Transform', name: unknown) => ({
      [`${kind}JobName`]: name,
      [`${kind}JobArn`]: `arn:aws:sagemaker:eu-west-1:123456789012:${kind.toLowerCase()}-job/${String(name)}`,
      [`${kind}JobStatus`]: this.status,
      CreationTime: new Date(1_700_000_000_123),
      ...(this.status === 'Failed' && { FailureReason: 'AlgorithmError: label column is missing' }),
    });
    return jsonService({
      services: ['sagemaker'],
      targetPrefix: 'SageMaker',
      operations: {
        CreateTrainingJob: (input) => {
          if (input.TrainingJobName === 'taken') throw new AwsError('ResourceInUse', 'Job name taken must be unique');
          this.created.push(input);
          return { TrainingJobArn: 'arn' };
        },
        CreateTransformJob: (input) => {
          this.created.push(input);
          return { TransformJobArn: 'arn' };
        },
        DescribeTrainingJob: (input) => describe('Training', input.TrainingJobName),
        DescribeTransformJob: (input) => describe('Transform', input.TransformJobName),
        StopTrainingJob: (input) => {
          this.stopped.push(input);
          this.status = 'Stopped';
          return {};
        },
        DescribeEndpoint: (input) => {
          throw new AwsError('ValidationException', `Could not find endpoint "${String(input.EndpointName)}".`);
        },
        CreateModel: () => ({ ModelArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model/m' }),
      },
    });
  }
}

let jobs: Jobs;
let b: Bench;
beforeEach(async () => {
  jobs = new Jobs();
  b = await bench();
  b.gateway.register(jobs.handler());
});
afterEach(() => b.close());

const TRAINING = {
  TrainingJobName: '{% $states.input.job %}',
  RoleArn: 'arn:aws:iam::123456789012:role/training',
  OutputDataConfig: { S3OutputPath: 's3://bucket/training' },
  HyperParameters: { 'max-depth': '3' },
};
const train = (more: object = {}) =>
  single({
    Type: 'Task',
    Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
    Arguments: TRAINING,
    End: true,
    ...more,
  });

test('createTrainingJob.sync waits for the job; its description is the result, times are milliseconds', async () => {
  setTimeout(() => {
    jobs.status = 'Completed';
  }, 200);
  const { status, output } = await b.run(train(), { job: 'job-1' });
  expect(status).toBe('SUCCEEDED');
  expect(output).toMatchObject({
    TrainingJobName: 'job-1',
    TrainingJobStatus: 'Completed',
    CreationTime: 1_700_000_000_123,
  });
  expect(jobs.created).toEqual([{ ...TRAINING, TrainingJobName: 'job-1' }]);
});

test('a failed job is States.TaskFailed with the description, so that a catch can name it', async () => {
  jobs.status = 'Failed';
  const outcome = await b.run(
    {
      StartAt: 'Only',
      States: {
        Only: {
          ...(train().States as { Only: object }).Only,
          End: undefined,
          Next: 'Done',
          Catch: [
            {
              ErrorEquals: ['States.TaskFailed'],
              Output: '{% $parse($states.errorOutput.Cause).FailureReason %}',
              Next: 'Done',
            },
          ],
        },
        Done: { Type: 'Succeed' },
      },
    },
    { job: 'job-2' },
  );
  expect(outcome.output).toBe('AlgorithmError: label column is missing');
  await expect(b.run(train(), { job: 'job-2' })).resolves.toMatchObject({
    status: 'FAILED',
    error: 'States.TaskFailed',
  });
});

test('a stopped job fails too', async () => {
  jobs.status = 'Stopped';
  await expect(b.run(train(), { job: 'job' })).resolves.toMatchObject({ error: 'States.TaskFailed' });
});

test('createTransformJob.sync uses the transform API', async () => {
  jobs.status = 'Completed';
  const definition = single({
    Type: 'Task',
    Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync',
    Arguments: {
      TransformJobName: 't',
      ModelName: 'm',
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://b/in' } } },
      TransformOutput: { S3OutputPath: 's3://b/out' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    },
    End: true,
  });
  await expect(b.run(definition)).resolves.toMatchObject({
    output: { TransformJobName: 't', TransformJobStatus: 'Completed' },
  });
});

test.each<[string, (arn: string) => Promise<void>]>([
  ['stopping the execution', (arn) => b.sfn.stop(arn)],
  ['closing the engine', () => b.sfn.close()],
])('%s stops the job', async (_name, stop) => {
  const arn = await b.sfn.start(await b.create(train()), { job: 'job-3' });
  await until(() => jobs.created.length === 1);
  await stop(arn);
  expect(jobs.stopped).toEqual([{ TrainingJobName: 'job-3' }]);
  expect(b.sfn.describe(arn).status).toBe('ABORTED');
});

test('a timeout stops the job', async () => {
  const outcome = await b.run(train({ TimeoutSeconds: 1 }), { job: 'job-4' });
  expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(jobs.stopped).toEqual([{ TrainingJobName: 'job-4' }]);
});

test('errors: exceptions of the service model by their name, others by the service', async () => {
  await expect(b.run(train(), { job: 'taken' })).resolves.toMatchObject({
    error: 'SageMaker.ResourceInUseException',
    cause: expect.stringContaining('must be unique (Service: SageMaker, Status Code: 400'),
  });
  const describe = single({
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:sagemaker:describeEndpoint',
    Arguments: { EndpointName: 'live' },
    End: true,
  });
  await expect(b.run(describe)).resolves.toMatchObject({
    error: 'SageMaker.SageMakerException',
    cause: expect.stringContaining('Could not find endpoint "live".'),
  });
});

test('createModel answers with what SageMaker answered', async () => {
  const create = single({
    Type: 'Task',
    Resource: 'arn:aws:states:::sagemaker:createModel',
    Arguments: { ModelName: 'm' },
    End: true,
  });
  await expect(b.run(create)).resolves.toMatchObject({
    output: { ModelArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model/m' },
  });
});

test('an argument that only an expression makes wrong is refused when it runs', async () => {
  const create = single({
    Type: 'Task',
    Resource: 'arn:aws:states:::sagemaker:createModel',
    Arguments: '{% {"ModelNam": "m"} %}',
    End: true,
  });
  await expect(b.run(create)).resolves.toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: expect.stringContaining("no member 'ModelNam'"),
  });
});

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
