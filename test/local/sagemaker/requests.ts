import type { CreateTrainingJobCommandInput, CreateTransformJobCommandInput } from '@aws-sdk/client-sagemaker';
import { BUCKET, IMAGE, ROLE } from './engine';

/** What every training job of the tests says but its name and its script's settings. */
export const TRAINING_REQUEST = {
  RoleArn: ROLE,
  AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
  InputDataConfig: [
    {
      ChannelName: 'train',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/data/train/` } },
    },
  ],
  OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
  StoppingCondition: { MaxRuntimeInSeconds: 600 },
} as const satisfies Partial<CreateTrainingJobCommandInput>;

/** A transform of the records of an object, one a line. */
export const transformRequest = (
  name: string,
  model: string,
  [uri, to]: readonly [from: string, to: string],
  type = 'application/jsonlines',
): CreateTransformJobCommandInput => ({
  TransformJobName: name,
  ModelName: model,
  BatchStrategy: 'MultiRecord',
  TransformInput: {
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } },
    ContentType: type,
    SplitType: 'Line',
  },
  TransformOutput: { S3OutputPath: to, Accept: type, AssembleWith: 'Line' },
  TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
});
