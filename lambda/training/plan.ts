import { createHash } from 'node:crypto';
import type {
  CreateModelCommandInput,
  CreateTrainingJobCommandInput,
  CreateTransformJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { Gates } from '../../lib/config/gates';
import { type Champion, type ReleaseDocument, RUN_KEYS, runPrefix } from '../../lib/pipeline/contract';
import { INFERENCE_SCRIPT, PROBES_SCRIPT } from '../../lib/training/contract';
import { pinnedImage } from '../shared/pinned-image';

/** What the deployment decides; the release decides the rest. */
export interface TrainingSettings {
  readonly application: string;
  readonly region: string;
  readonly artifactBucket: string;
  readonly executionRoleArn: string;
  readonly instanceType: string;
  readonly volumeGiB: number;
  readonly maxRuntimeSeconds: number;
}

/** Complete arguments of every job of one training execution. */
export interface TrainingPlan {
  readonly trainingJob: CreateTrainingJobCommandInput;
  readonly model: CreateModelCommandInput;
  readonly challenger: CreateTransformJobCommandInput;
  readonly challengerPredictionsUri: string;
  /** The challenger for the rows of the behaviour gate, which it may refuse; null where none are asked. */
  readonly probesModel: CreateModelCommandInput | null;
  readonly probesTransform: CreateTransformJobCommandInput | null;
  readonly champion: Champion | null;
  readonly championModel: CreateModelCommandInput | null;
  readonly championTransform: CreateTransformJobCommandInput | null;
  readonly championPredictionsUri: string | null;
}

/** Longest name of a SageMaker job or model. */
const NAME_LIMIT = 63;

export function trainingPlan(
  release: ReleaseDocument,
  settings: TrainingSettings,
  executionName: string,
  champion: Champion | null,
): TrainingPlan {
  const gates = release.gates as Gates;
  const name = jobName(settings.application, release.runId, executionName);
  const run = `s3://${settings.artifactBucket}/${runPrefix(release.runId)}`;
  const challengerPredictionsUri = `${run}${RUN_KEYS.challengerPredictions}`;
  const championPredictionsUri = champion === null ? null : `${run}${RUN_KEYS.championPredictions}`;
  const transform = (
    role: string,
    modelName: string,
    input: string,
    output: string,
  ): CreateTransformJobCommandInput => ({
    ...transformJob(settings, `${run}${input}`, output),
    TransformJobName: `${name}-${role}`,
    ModelName: modelName,
  });
  const data = `${run}${RUN_KEYS.trainingOutput}/${name}/output/model.tar.gz`;
  const served = (script: string, modelName: string) => model(release, settings, data, modelName, script);
  // A reproduction repeats what the metrics are of.
  const asked = release.reproduces === undefined && asksProbes(gates);
  return {
    trainingJob: trainingJob(release, gates, settings, name, run),
    model: served(INFERENCE_SCRIPT, name),
    challenger: transform('challenger', name, RUN_KEYS.transformInput, challengerPredictionsUri),
    challengerPredictionsUri,
    probesModel: asked ? served(PROBES_SCRIPT, `${name}-probes`) : null,
    probesTransform: asked ? transform('probes', `${name}-probes`, RUN_KEYS.probes, challengerPredictionsUri) : null,
    champion,
    championModel: champion === null ? null : championModel(champion, settings, `${name}-champion`),
    championTransform:
      championPredictionsUri === null
        ? null
        : transform('champion', `${name}-champion`, RUN_KEYS.transformInput, championPredictionsUri),
    championPredictionsUri,
  };
}

/** Whether the behaviour gate asks rows beside the holdout: repeated or perturbed ones. */
const asksProbes = ({ behaviour: { determinism, tests } }: Gates): boolean =>
  determinism.rows > 0 || tests.some(({ perturb }) => perturb.length > 0);

function model(
  release: ReleaseDocument,
  settings: TrainingSettings,
  modelDataUrl: string,
  name: string,
  script: string,
): CreateModelCommandInput {
  return {
    ModelName: name,
    ExecutionRoleArn: settings.executionRoleArn,
    PrimaryContainer: {
      Image: pinnedImage(release.image),
      ModelDataUrl: modelDataUrl,
      // What script mode reads to fetch and run the source; the region is that of the bucket it lies in.
      Environment: {
        SAGEMAKER_PROGRAM: script,
        SAGEMAKER_SUBMIT_DIRECTORY: release.sourceUri,
        SAGEMAKER_REGION: settings.region,
      },
    },
  };
}

/**
 * The champion's package as a model of this run: a transform works with the role of its model, and production's own must
 * not write into runs, nor may a rollout that cleans up take the model away.
 */
function championModel(champion: Champion, settings: TrainingSettings, name: string): CreateModelCommandInput {
  return {
    ModelName: name,
    ExecutionRoleArn: settings.executionRoleArn,
    PrimaryContainer: { ModelPackageName: champion.modelPackageArn },
  };
}

/** `<application>-<run>-<attempt>`: says where a job comes from and is never used twice. */
export function jobName(application: string, runId: string, executionName: string): string {
  const attempt = createHash('sha256').update(executionName).digest('hex').slice(0, 8);
  const run = runId.replace(/[^A-Za-z0-9]/g, '').slice(0, 8);
  const name = `${application}-${run}-${attempt}`;
  if (name.length + '-challenger'.length > NAME_LIMIT) {
    throw new Error(`the application name "${application}" is too long: job names end at ${NAME_LIMIT} characters`);
  }
  return name;
}

function trainingJob(
  release: ReleaseDocument,
  gates: Gates,
  settings: TrainingSettings,
  name: string,
  run: string,
): CreateTrainingJobCommandInput {
  return {
    TrainingJobName: name,
    RoleArn: settings.executionRoleArn,
    AlgorithmSpecification: {
      TrainingImage: pinnedImage(release.image),
      TrainingInputMode: 'File',
      MetricDefinitions: metricDefinitions(gates),
    },
    HyperParameters: hyperParameters(release, gates, settings.region),
    InputDataConfig: [
      {
        ChannelName: 'train',
        ContentType: 'text/csv',
        InputMode: 'File',
        // The run's own copy of the file that the gates judged: the golden bucket may hold a newer version by now.
        DataSource: {
          S3DataSource: {
            S3DataType: 'S3Prefix',
            S3Uri: `${run}${RUN_KEYS.trainData}`,
            S3DataDistributionType: 'FullyReplicated',
          },
        },
      },
    ],
    OutputDataConfig: { S3OutputPath: `${run}${RUN_KEYS.trainingOutput}` },
    ResourceConfig: {
      InstanceType: settings.instanceType as NonNullable<
        CreateTrainingJobCommandInput['ResourceConfig']
      >['InstanceType'],
      InstanceCount: 1,
      VolumeSizeInGB: settings.volumeGiB,
    },
    StoppingCondition: {
      MaxRuntimeInSeconds: Math.min(settings.maxRuntimeSeconds, gates.training.maxRuntimeMinutes * 60),
    },
    Tags: [
      { Key: 'assay:run', Value: release.runId },
      { Key: 'assay:commit', Value: release.commit },
    ],
  };
}

/** Script mode reads its own settings as JSON-encoded strings; the toolkit decodes the workload's values the same way. */
function hyperParameters(release: ReleaseDocument, gates: Gates, region: string): Record<string, string> {
  const own = Object.entries(gates.training.hyperparameters).map(
    ([key, value]) => [key, JSON.stringify(value)] as const,
  );
  return {
    ...Object.fromEntries(own),
    sagemaker_program: JSON.stringify(gates.training.script),
    sagemaker_submit_directory: JSON.stringify(release.sourceUri),
    sagemaker_region: JSON.stringify(region),
  };
}

/** The training log's `train_<metric>=<number>` for every metric that the gates name. */
function metricDefinitions(gates: Gates): { Name: string; Regex: string }[] {
  const { metrics, promotion } = gates.model;
  const names = new Set([...Object.keys(metrics), ...(promotion.metric === undefined ? [] : [promotion.metric])]);
  return [...names].map((metric) => ({ Name: `train:${metric}`, Regex: `train_${metric}=([-+0-9.eE]+)` }));
}

function transformJob(
  settings: TrainingSettings,
  input: string,
  output: string,
): Omit<CreateTransformJobCommandInput, 'TransformJobName' | 'ModelName'> {
  type InstanceType = NonNullable<CreateTransformJobCommandInput['TransformResources']>['InstanceType'];
  return {
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: input } },
      ContentType: 'application/jsonlines',
      SplitType: 'Line',
      CompressionType: 'None',
    },
    TransformOutput: { S3OutputPath: output, Accept: 'application/jsonlines', AssembleWith: 'Line' },
    BatchStrategy: 'MultiRecord',
    MaxPayloadInMB: 6,
    DataProcessing: { JoinSource: 'Input' },
    // The defaults differ between the API and its wrappers, so both are said.
    ModelClientConfig: { InvocationsTimeoutInSeconds: 600, InvocationsMaxRetries: 1 },
    TransformResources: { InstanceType: settings.instanceType as InstanceType, InstanceCount: 1 },
  };
}
