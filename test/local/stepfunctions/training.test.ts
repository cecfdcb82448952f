import { createStepFunctions, type StepFunctions } from '../../../lib/local/stepfunctions';
import { BUCKET, TestEngine } from '../sagemaker/engine';
import { TRAINING_REQUEST } from '../sagemaker/requests';
import { archive, INFERENCE, TRAIN, TRAIN_CSV } from '../sagemaker/workload';
import { provision, single } from './harness';

const engine = new TestEngine();
let sfn: StepFunctions;
let source: string;

beforeAll(async () => {
  await engine.start();
  await engine.makeBucket();
  source = await engine.put('source/sourcedir.tar.gz', archive({ 'train.py': TRAIN, 'inference.py': INFERENCE }));
  await engine.put('data/train/train.csv', TRAIN_CSV);
  sfn = createStepFunctions(engine.context(), {
    invoke: () => Promise.reject(new Error('this test has no functions')),
  });
});

afterAll(async () => {
  await sfn.close();
  await engine.close();
});

/** A machine that trains as the workload's `--outcome` says. */
const train = (more: object = {}) =>
  single({
    Type: 'Task',
    Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
    Arguments: {
      ...TRAINING_REQUEST,
      TrainingJobName: '{% $states.context.Execution.Name %}',
      HyperParameters: {
        sagemaker_program: 'train.py',
        sagemaker_submit_directory: source,
        outcome: '{% $states.input.outcome %}',
      },
    },
    End: true,
    ...more,
  });

async function run(name: string, outcome: string, more: object = {}) {
  const arn = await sfn.start(await provision(sfn, train(more), name), { outcome }, name);
  return sfn.wait(arn, AbortSignal.timeout(60_000));
}

test('a real job: its artefact and its times are in the result', async () => {
  const { status, output, cause } = await run('good', 'train');
  expect(cause).toBeUndefined();
  expect(status).toBe('SUCCEEDED');
  expect(JSON.parse(output ?? '')).toMatchObject({
    TrainingJobStatus: 'Completed',
    ModelArtifacts: { S3ModelArtifacts: `s3://${BUCKET}/out/good/output/model.tar.gz` },
    CreationTime: expect.any(Number),
    TrainingTimeInSeconds: expect.any(Number),
  });
});

test('a script that fails: the reason of the script reaches the cause', async () => {
  const { status, error, cause } = await run('bad', 'raise');
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.TaskFailed' });
  expect(JSON.parse(cause ?? '')).toMatchObject({
    TrainingJobName: 'bad',
    TrainingJobStatus: 'Failed',
    FailureReason: expect.stringContaining('the target has one class only'),
  });
});

test('a time limit stops the real job', async () => {
  await expect(run('slow', 'sleep', { TimeoutSeconds: 2 })).resolves.toMatchObject({ error: 'States.Timeout' });
  const state = { Type: 'Task', Resource: 'arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob', End: true };
  const describe = single({
    ...state,
    Arguments: { TrainingJobName: 'slow' },
    Output: '{% $states.result.TrainingJobStatus %}',
  });
  const { output } = await sfn.wait(await sfn.start(await provision(sfn, describe, 'describe'), {}));
  expect(output).toMatch(/^"(Stopping|Stopped)"$/);
});
