import { createHash } from 'node:crypto';
import {
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { rejectionConcerns } from '../../lib/core/rollout/rejection';
import { releaseIdOf } from '../../lib/core/rollout/releases';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import { OWN_REJECTION, type RollbackInput } from '../../lib/rollout/rollback-contract';
import { requiredEnv } from '../shared/text';
import { readRollback } from './rollback-facts';
import { RolloutStore } from './store';

/** The part of EventBridge's "SageMaker Model Package State Change" that matters here. */
export interface RejectionEvent {
  readonly detail: { readonly ModelPackageArn: string };
}

const sagemaker = new SageMakerClient({});
const sfn = new SFNClient({});

/**
 * A rejection in the registry takes the release out of production. Events come more than once and late, so the registry
 * and the endpoint are read before anything is started, and the execution is named after this very rejection.
 * @returns what was done, in one line
 */
export async function handler({ detail }: RejectionEvent): Promise<string> {
  const { ModelPackageArn: arn } = detail;
  const found = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  const store = RolloutStore.fromEnvironment();
  const { facts } = await readRollback({ sagemaker, store });
  const concern = rejectionConcerns(
    {
      modelPackageArn: arn,
      approval: found.ModelApprovalStatus ?? '',
      ownWords: found.ApprovalDescription?.startsWith(OWN_REJECTION) === true,
    },
    facts,
  );
  if (!concern.acts) return say(concern.why);
  const input: RollbackInput = {
    by: personOf(found) ?? 'the model registry',
    reason: `release ${releaseIdOf(arn)} was rejected in the registry: ${found.ApprovalDescription ?? 'no reason given'}`,
    kind: 'rejection',
  };
  return say(await start(nameOf(found), input));
}

async function start(name: string, input: RollbackInput): Promise<string> {
  try {
    const stateMachineArn = requiredEnv(ROLLOUT_ENV.rollbackMachine);
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return `started ${name}`;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return `${name} was started before`;
    throw error;
  }
}

const personOf = ({ LastModifiedBy }: DescribeModelPackageCommandOutput): string | undefined =>
  LastModifiedBy?.UserProfileName ?? LastModifiedBy?.IamIdentity?.Arn;

/** One rejection, one name; the same release rejected again later has another. */
function nameOf({
  ModelPackageArn: arn = '',
  LastModifiedTime: at,
  CreationTime: made,
}: DescribeModelPackageCommandOutput): string {
  const digest = createHash('sha256')
    .update(`${arn} ${(at ?? made)?.toISOString()}`)
    .digest('hex')
    .slice(0, 16);
  return `rejection-${releaseIdOf(arn)}-${digest}`;
}

function say(line: string): string {
  console.log(line);
  return line;
}
