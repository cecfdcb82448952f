import { type TrainingSettings, trainingPlan } from '../../lambda/training/plan';
import { type Gates, gatesSchema } from '../../lib/config/gates';
import { PACKAGE, RELEASE, RUN } from '../lambda/documents';

const SETTINGS: TrainingSettings = {
  application: 'churn',
  region: 'us-east-1',
  artifactBucket: 'artifacts',
  executionRoleArn: 'arn:aws:iam::111122223333:role/training',
  instanceType: 'ml.m5.large',
  volumeGiB: 10,
  maxRuntimeSeconds: 3600,
};
const RUN_URI = `s3://artifacts/runs/${RUN}`;
const CHAMPION = { modelPackageArn: PACKAGE, modelName: 'churn-production-abc' };

const plan = trainingPlan(RELEASE, SETTINGS, 'execution-1', null);

test('the training job runs the workload in script mode', () => {
  expect(plan.trainingJob.HyperParameters).toEqual({
    sagemaker_program: '"train.py"',
    sagemaker_submit_directory: `"${RELEASE.sourceUri}"`,
    sagemaker_region: '"us-east-1"',
    regularization: '0.5',
    features: '"a,b"',
  });
  expect(plan.trainingJob.AlgorithmSpecification).toEqual({
    TrainingImage: `683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn@${RELEASE.imageDigest}`,
    TrainingInputMode: 'File',
    MetricDefinitions: [
      { Name: 'train:roc_auc', Regex: 'train_roc_auc=([-+0-9.eE]+)' },
      { Name: 'train:log_loss', Regex: 'train_log_loss=([-+0-9.eE]+)' },
    ],
  });
});

test('the metric patterns find what the example prints', () => {
  const [auc] = plan.trainingJob.AlgorithmSpecification?.MetricDefinitions ?? [];
  expect(new RegExp(auc?.Regex ?? '').exec('train_roc_auc=0.812345;')?.[1]).toBe('0.812345');
});

test('it sees the train file and nothing of the holdout', () => {
  expect(plan.trainingJob.InputDataConfig).toHaveLength(1);
  expect(plan.trainingJob.InputDataConfig?.[0]).toMatchObject({
    ChannelName: 'train',
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix',
        S3Uri: expect.stringMatching(/^s3:\/\/[^/]+\/runs\/[^/]+\/data\/train\/$/),
      },
    },
  });
  expect(JSON.stringify(plan.trainingJob)).not.toContain('holdout');
});

test('its time is what the team asks for, within what the deployment allows', () => {
  expect(plan.trainingJob.StoppingCondition?.MaxRuntimeInSeconds).toBe(15 * 60);
  const strict = trainingPlan(RELEASE, { ...SETTINGS, maxRuntimeSeconds: 60 }, 'x', null);
  expect(strict.trainingJob.StoppingCondition?.MaxRuntimeInSeconds).toBe(60);
});

test('the model serves the artefact of that job with the source of this run', () => {
  const name = plan.trainingJob.TrainingJobName;
  expect(plan.trainingJob.OutputDataConfig).toEqual({ S3OutputPath: `${RUN_URI}/training` });
  expect(plan.model).toMatchObject({
    ModelName: name,
    PrimaryContainer: {
      ModelDataUrl: `${RUN_URI}/training/${name}/output/model.tar.gz`,
      Environment: {
        SAGEMAKER_PROGRAM: 'inference.py',
        SAGEMAKER_SUBMIT_DIRECTORY: RELEASE.sourceUri,
        SAGEMAKER_REGION: 'us-east-1',
      },
    },
  });
});

test('the transform keeps the order of rows, joins its input and says its limits', () => {
  expect(plan.challenger).toMatchObject({
    ModelName: plan.model.ModelName,
    BatchStrategy: 'MultiRecord',
    TransformInput: {
      ContentType: 'application/jsonlines',
      SplitType: 'Line',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `${RUN_URI}/transform/holdout.jsonl` } },
    },
    TransformOutput: {
      S3OutputPath: `${RUN_URI}/predictions/challenger`,
      Accept: 'application/jsonlines',
      AssembleWith: 'Line',
    },
    DataProcessing: { JoinSource: 'Input' },
    ModelClientConfig: { InvocationsTimeoutInSeconds: 600, InvocationsMaxRetries: 1 },
    TransformResources: { InstanceCount: 1 },
  });
});

test('without a champion nothing is compared', () => {
  expect(plan).toMatchObject({
    champion: null,
    championModel: null,
    championTransform: null,
    championPredictionsUri: null,
  });
});

test('the champion predicts the holdout, from its package', () => {
  const compared = trainingPlan(RELEASE, SETTINGS, 'execution-1', CHAMPION);
  expect(compared.championModel).toEqual({
    ModelName: `${plan.model.ModelName}-champion`,
    ExecutionRoleArn: SETTINGS.executionRoleArn,
    PrimaryContainer: { ModelPackageName: PACKAGE },
  });
  expect(compared.championTransform).toMatchObject({
    ModelName: compared.championModel?.ModelName,
    TransformInput: compared.challenger.TransformInput,
    TransformOutput: { S3OutputPath: `${RUN_URI}/predictions/champion` },
  });
  expect(compared.champion).toEqual(CHAMPION);
});

test('rows of the behaviour gate are asked apart, of a model that answers refused rows by what was wrong', () => {
  const gates = gatesSchema.parse({
    ...(RELEASE.gates as Gates),
    behaviour: {
      determinism: { rows: 0 },
      tests: [{ name: 'few', type: 'minimum-functionality', expect: { max: 0.5 } }],
    },
  });
  expect(trainingPlan({ ...RELEASE, gates }, SETTINGS, 'execution-1', null)).toMatchObject({
    probesModel: null,
    probesTransform: null,
  });
  expect(plan.probesModel).toMatchObject({
    ModelName: `${plan.model.ModelName}-probes`,
    PrimaryContainer: {
      ...plan.model.PrimaryContainer,
      Environment: { ...plan.model.PrimaryContainer?.Environment, SAGEMAKER_PROGRAM: 'assay_row_by_row.py' },
    },
  });
  expect(plan.probesTransform).toMatchObject({
    ModelName: plan.probesModel?.ModelName,
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `${RUN_URI}/transform/probes.jsonl` } },
    },
    TransformOutput: { S3OutputPath: `${RUN_URI}/predictions/challenger` },
  });
});

test('names are valid, say where they come from, and differ between attempts', () => {
  const again = trainingPlan(RELEASE, { ...SETTINGS, application: 'a'.repeat(24) }, 'execution-2', CHAMPION);
  const names = [
    again.trainingJob.TrainingJobName,
    again.challenger.TransformJobName,
    again.championTransform?.TransformJobName,
  ];
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
  expect(plan.trainingJob.TrainingJobName).toMatch(/^churn-0a1b2c3d-[0-9a-f]{8}$/);
  const second = trainingPlan(RELEASE, SETTINGS, 'execution-2', null);
  expect(second.trainingJob.TrainingJobName).not.toBe(plan.trainingJob.TrainingJobName);
  expect(trainingPlan(RELEASE, SETTINGS, 'execution-1', null)).toEqual(plan);
});
