import { type TrainingPlan, trainingPlan } from '../../lambda/training/plan';
import { LambdaError } from '../../lib/local/engine/ports';
import { jsonService } from '../../lib/local/gateway/json-service';
import { AwsError } from '../../lib/local/gateway/service';
import type { Champion } from '../../lib/pipeline/contract';
import { PACKAGE, RELEASE, RUN } from '../lambda/documents';
import { type Bench, bench } from '../local/stepfunctions/harness';
import { trainMachine } from './machine';

const CHAMPION: Champion = { modelPackageArn: PACKAGE, modelName: 'churn-production-abc' };

const MACHINE = trainMachine();

interface World {
  readonly champion?: Champion;
  /** Job or model name pattern → reason of its failure. */
  readonly fails?: readonly [name: RegExp, reason: string];
  readonly prepare?: () => never;
}

/** A job that ran out of time is stopped rather than failed, and says so in another field. */
const reasonOf = (text: string) =>
  text === 'stopped' ? { SecondaryStatus: 'MaxRuntimeExceeded' } : { FailureReason: text };

/** Functions and SageMaker around the machine: everything succeeds but what the world says. */
async function runIn({ champion, fails, prepare }: World) {
  const made: string[] = [];
  const recorded: unknown[] = [];
  const b: Bench = await bench({
    lambda: {
      invoke: async (name, event): Promise<TrainingPlan | null> => {
        if (name.includes('Record')) {
          recorded.push(event);
          return null;
        }
        prepare?.();
        const { executionName } = event as { executionName: string };
        const settings = {
          application: 'churn',
          region: 'eu-west-1',
          artifactBucket: 'artifacts',
          executionRoleArn: 'arn:aws:iam::123456789012:role/training',
          instanceType: 'ml.m5.large',
          volumeGiB: 10,
          maxRuntimeSeconds: 600,
        };
        return trainingPlan(RELEASE, settings, executionName, champion ?? null);
      },
    },
  });
  const refuses = fails?.[1].startsWith('model:') === true;
  const outcome = (name: string) =>
    !refuses && fails?.[0].test(name) === true
      ? { status: fails[1] === 'stopped' ? 'Stopped' : 'Failed', ...reasonOf(fails[1]) }
      : { status: 'Completed' };
  const describe = (kind: 'Training' | 'Transform', name: string) => {
    const { status, ...reason } = outcome(name);
    return { [`${kind}JobName`]: name, [`${kind}JobArn`]: `arn:${name}`, [`${kind}JobStatus`]: status, ...reason };
  };
  const create = (name: unknown, answer: object) => {
    made.push(String(name));
    return answer;
  };
  b.gateway.register(
    jsonService({
      services: ['sagemaker'],
      targetPrefix: 'SageMaker',
      operations: {
        CreateTrainingJob: ({ TrainingJobName }) => create(TrainingJobName, { TrainingJobArn: 'arn' }),
        CreateTransformJob: ({ TransformJobName }) => create(TransformJobName, { TransformJobArn: 'arn' }),
        CreateModel: ({ ModelName }) => {
          if (refuses) throw new AwsError('ValidationException', fails?.[1] ?? '');
          return create(`model ${String(ModelName)}`, { ModelArn: 'arn' });
        },
        DescribeTrainingJob: ({ TrainingJobName }) => ({
          ...describe('Training', String(TrainingJobName)),
          ModelArtifacts: { S3ModelArtifacts: 's3://model' },
          TrainingTimeInSeconds: 12,
        }),
        DescribeTransformJob: ({ TransformJobName }) => describe('Transform', String(TransformJobName)),
      },
    }),
  );
  try {
    const { status, error, cause } = await b.run(MACHINE, { runId: RUN });
    return { status, error, cause, made: made.sort(), recorded };
  } finally {
    await b.close();
  }
}

const NAME = /churn-0a1b2c3d-[0-9a-f]{8}/;

test('without a champion: job, models, transforms of holdout and behaviour rows, record', async () => {
  const { status, made, recorded } = await runIn({});
  expect(status).toBe('SUCCEEDED');
  expect(made.map((name) => name.replace(NAME, 'X'))).toEqual([
    'X',
    'X-challenger',
    'X-probes',
    'model X',
    'model X-probes',
  ]);
  expect(recorded).toEqual([
    {
      runId: RUN,
      trainingJobName: expect.stringMatching(NAME),
      trainingJobArn: expect.stringMatching(/^arn:churn/),
      trainingSeconds: 12,
      modelName: expect.stringMatching(NAME),
      modelDataUrl: 's3://model',
      containerEnvironment: {
        SAGEMAKER_PROGRAM: 'inference.py',
        SAGEMAKER_SUBMIT_DIRECTORY: RELEASE.sourceUri,
        SAGEMAKER_REGION: 'eu-west-1',
      },
      challengerPredictionsUri: `s3://artifacts/runs/${RUN}/predictions/challenger`,
      champion: null,
      championPredictionsUri: null,
      probesFailure: null,
    },
  ]);
});

test('with a champion both predict', async () => {
  const { status, made, recorded } = await runIn({ champion: CHAMPION });
  expect(status).toBe('SUCCEEDED');
  expect(made.map((name) => name.replace(NAME, 'X'))).toEqual([
    'X',
    'X-challenger',
    'X-champion',
    'X-probes',
    'model X',
    'model X-champion',
    'model X-probes',
  ]);
  expect(recorded).toEqual([
    expect.objectContaining({
      champion: CHAMPION,
      championPredictionsUri: `s3://artifacts/runs/${RUN}/predictions/champion`,
    }),
  ]);
});

test.each([
  [
    'training job',
    /^churn-[0-9a-f-]+$/,
    'AlgorithmError: label\ncolumn is missing',
    /^training job churn-0a1b2c3d-\w{8} failed: AlgorithmError: label column is missing$/,
  ],
  [
    'challenger transform',
    /-challenger$/,
    'ClientError: 500',
    /^batch transform churn-0a1b2c3d-\w{8}-challenger failed: ClientError: 500$/,
  ],
  [
    'champion transform',
    /-champion$/,
    'ClientError: 500',
    /^batch transform churn-0a1b2c3d-\w{8}-champion failed: ClientError: 500$/,
  ],
])('a failed %s is named with its reason, on one line', async (_, name, reason, cause) => {
  const result = await runIn({ champion: CHAMPION, fails: [name, reason] });
  expect(result).toMatchObject({ status: 'FAILED', recorded: [] });
  expect(result.cause).toMatch(cause);
});

test('behaviour rows that end their transform do not end the run: the reason is recorded', async () => {
  const { status, recorded } = await runIn({ fails: [/-probes$/, 'ClientError: See job logs for more information'] });
  expect(status).toBe('SUCCEEDED');
  expect(recorded).toEqual([
    expect.objectContaining({
      probesFailure: expect.stringMatching(
        /^batch transform churn-0a1b2c3d-\w{8}-probes failed: ClientError: See job logs for more information$/,
      ),
    }),
  ]);
});

test('a job that fails without a reason is named with its status', async () => {
  const { cause } = await runIn({ fails: [/^churn-[0-9a-f-]+$/, ''] });
  expect(cause).toMatch(/^training job churn-\S+ failed: Failed$/);
});

test('a training job that ran out of time says so, and no model is made of what it left', async () => {
  const { status, cause, made } = await runIn({ fails: [/^churn-[0-9a-f-]+$/, 'stopped'] });
  expect(status).toBe('FAILED');
  expect(cause).toMatch(/^training job churn-\S+ failed: MaxRuntimeExceeded$/);
  expect(made).toHaveLength(1);
});

test('a call that SageMaker refuses is named with its message', async () => {
  const { cause } = await runIn({ fails: [/./, 'model: no such artefact'] });
  expect(cause).toMatch(/^creating the model churn-0a1b2c3d-\w{8} failed: .*model: no such artefact/);
});

test('a function that throws ends the run with its message', async () => {
  const prepare = (): never => {
    throw new LambdaError('Error', 's3://artifacts/release.json does not exist');
  };
  const { status, error, cause } = await runIn({ prepare });
  expect({ status, error, cause }).toEqual({
    status: 'FAILED',
    error: 'PrepareFailed',
    cause: 'preparing the training job failed: s3://artifacts/release.json does not exist',
  });
});
