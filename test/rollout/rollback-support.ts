import {
  DescribeModelPackageCommand,
  type ModelApprovalStatus,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import type { RolloutEngine } from './engine/engine';
import { invokeHandler } from './engine/machines';
import { packageArn } from './run-fixture';

/** What the registry says of a release: status, and the words with it. */
export async function approval(version: number): Promise<readonly [string | undefined, string | undefined]> {
  const client = new SageMakerClient({});
  const found = await client.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn(version) }));
  client.destroy();
  return [found.ModelApprovalStatus, found.ApprovalDescription];
}

/** A person decides about a release in the registry. */
export async function decide(version: number, status: ModelApprovalStatus, words: string): Promise<void> {
  const client = new SageMakerClient({});
  const ModelPackageArn = packageArn(version);
  await client.send(
    new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus: status, ApprovalDescription: words }),
  );
  client.destroy();
}

/** The registry's event about a rejection reaches its function. @returns what the function says that it did */
export function announce(engine: RolloutEngine, version: number): Promise<unknown> {
  process.env[ROLLOUT_ENV.rollbackMachine] = engine.machineArn('Rollback');
  return invokeHandler('EnvironmentRollbackRejection', { detail: { ModelPackageArn: packageArn(version) } });
}

/** Resolves when the execution enters the state for the first time. */
export function reached(engine: RolloutEngine, execution: string, state: string): Promise<void> {
  return new Promise((resolve) => {
    engine.onState = (event, name, arn) => {
      if (event === 'entered' && name === state && arn === execution) resolve();
    };
  });
}
