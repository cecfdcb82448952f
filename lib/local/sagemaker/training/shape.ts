import * as z from 'zod';
import { unsupported } from '../errors';
import { requireLocalImage } from '../runtime/images';
import { environmentShape, instanceTypeShape, intBetween, nameShape, s3UriShape, tagsShape } from '../shape';

const channelShape = z.looseObject({
  ChannelName: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9.\-_]+$/, 'Member must satisfy regular expression pattern: [A-Za-z0-9\\.\\-_]+'),
  DataSource: z.looseObject({
    S3DataSource: z.looseObject({ S3DataType: z.string(), S3Uri: s3UriShape }).optional(),
    FileSystemDataSource: z.looseObject({}).optional(),
  }),
  ContentType: z.string().max(256).optional(),
  CompressionType: z.string().optional(),
  RecordWrapperType: z.string().optional(),
  InputMode: z.string().optional(),
});

export const trainingShape = z.looseObject({
  TrainingJobName: nameShape,
  RoleArn: z.string().min(20, 'Member must have length greater than or equal to 20'),
  AlgorithmSpecification: z.looseObject({
    TrainingImage: z.string().max(255).optional(),
    AlgorithmName: z.string().optional(),
    TrainingInputMode: z.string().optional(),
    MetricDefinitions: z
      .array(z.object({ Name: z.string().min(1).max(255), Regex: z.string().min(1).max(500) }))
      .max(40)
      .optional(),
  }),
  HyperParameters: z
    .record(z.string().max(256), z.string().max(2500))
    .refine((given) => Object.keys(given).length <= 100, 'Map must have at most 100 entries')
    .optional(),
  InputDataConfig: z.array(channelShape).min(1).max(20).optional(),
  OutputDataConfig: z.looseObject({ S3OutputPath: s3UriShape, CompressionType: z.string().optional() }),
  ResourceConfig: z.looseObject({
    InstanceType: instanceTypeShape,
    InstanceCount: z.number().int().min(0),
    VolumeSizeInGB: z.number().int().min(0).optional(),
  }),
  StoppingCondition: z
    .looseObject({ MaxRuntimeInSeconds: intBetween(1, 2_419_200).optional() })
    .refine((given) => !('MaxWaitTimeInSeconds' in given), 'MaxWaitTimeInSeconds is for managed spot training only')
    .optional(),
  Environment: environmentShape.optional(),
  Tags: tagsShape.optional(),
});
export type TrainingInput = z.infer<typeof trainingShape>;

/** Each would change what runs or what is kept, and is not done here. */
const REFUSED = ['CheckpointConfig', 'DebugRuleConfigurations', 'ModelPackageConfig', 'ServerlessJobConfig'] as const;
const REFUSED_OF_ALGORITHM = ['ContainerEntrypoint', 'ContainerArguments', 'TrainingImageConfig'] as const;

/** Throws ValidationException, by name, for what this engine cannot do as SageMaker would. */
export function refuseUnsupportedTraining(input: TrainingInput): void {
  const { AlgorithmSpecification: algorithm, ResourceConfig: resources } = input;
  if (algorithm.TrainingImage === undefined) throw unsupported('A training job without TrainingImage', 'TrainingImage');
  requireLocalImage(algorithm.TrainingImage, 'CreateTrainingJob');
  for (const name of REFUSED) if (name in input) throw unsupported(name, 'a training job without it');
  for (const name of REFUSED_OF_ALGORITHM) if (name in algorithm) throw unsupported(name, 'script mode');
  refuseOther('TrainingInputMode', algorithm.TrainingInputMode, ['File', 'FastFile']);
  refuseOther('OutputDataConfig.CompressionType', input.OutputDataConfig.CompressionType, ['GZIP']);
  if (resources.InstanceCount !== 1) throw unsupported(`InstanceCount ${resources.InstanceCount}`, '1');
  for (const channel of input.InputDataConfig ?? []) {
    const at = `Channel ${channel.ChannelName}:`;
    const source = channel.DataSource.S3DataSource;
    if (source === undefined) throw unsupported(`${at} a data source other than S3DataSource`, 'S3DataSource');
    refuseOther(`${at} S3DataType`, source.S3DataType, ['S3Prefix']);
    refuseOther(`${at} CompressionType`, channel.CompressionType, ['None']);
    refuseOther(`${at} RecordWrapperType`, channel.RecordWrapperType, ['None']);
    refuseOther(`${at} InputMode`, channel.InputMode, ['File', 'FastFile']);
  }
  for (const name of ['sagemaker_program', 'sagemaker_submit_directory']) {
    if (input.HyperParameters?.[name] === undefined) {
      throw unsupported(`A training job without the hyperparameter ${name}`, 'script mode');
    }
  }
}

/** Throws ValidationException if a value was given that is not in the list. */
export function refuseOther(what: string, found: string | undefined, allowed: readonly string[]): void {
  if (found !== undefined && !allowed.includes(found)) throw unsupported(`${what} ${found}`, allowed.join(', '));
}
