import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  type ModelApprovalStatus,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { ROLLOUT_ENV } from '../../../lib/rollout/contract';
import { packageArn } from '../run-fixture';
import { arnOf, invokeHandler } from './machines';

const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3';

/** Registers so many approved releases. */
export async function register(count: number): Promise<void> {
  const client = new SageMakerClient({});
  await client.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'churn' }));
  for (let version = 1; version <= count; version += 1) {
    const container = { Image: IMAGE, ModelDataUrl: `s3://models/${version}/model.tar.gz` };
    await client.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: 'churn',
        ModelApprovalStatus: 'Approved',
        InferenceSpecification: {
          Containers: [container],
          SupportedContentTypes: ['application/json'],
          SupportedResponseMIMETypes: ['application/json'],
        },
      }),
    );
  }
  client.destroy();
}

/** A person decides about a release. @param words the description of the decision; @default left as it is */
export async function decide(version: number, status: ModelApprovalStatus, words?: string): Promise<void> {
  const client = new SageMakerClient({});
  const description = words === undefined ? {} : { ApprovalDescription: words };
  const decision = { ModelPackageArn: packageArn(version), ModelApprovalStatus: status, ...description };
  await client.send(new UpdateModelPackageCommand(decision));
  client.destroy();
}

/** What the registry says of a release: status, and the words with it. */
export async function approval(version: number): Promise<readonly [string | undefined, string | undefined]> {
  const client = new SageMakerClient({});
  const found = await client.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn(version) }));
  client.destroy();
  return [found.ModelApprovalStatus, found.ApprovalDescription];
}

/** The registry's event about a rejection reaches its function. @returns what the function says that it did */
export function announce(version: number): Promise<unknown> {
  process.env[ROLLOUT_ENV.rollbackMachine] = arnOf('Rollback');
  return invokeHandler('EnvironmentRollbackRejection', { detail: { ModelPackageArn: packageArn(version) } });
}
