import { DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { RollbackMove } from '../../lib/core/rollout/rollback';
import { OWN_REJECTION, type RollbackRecordEvent, type RollbackRecorded } from '../../lib/rollout/rollback-contract';
import { setApproval } from '../model-registry/approval';
import { oneLine } from '../shared/text';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});

/** Writes who went back, why and how long it took; the release that was left is rejected in the registry. */
export async function handler(event: RollbackRecordEvent): Promise<RollbackRecorded> {
  const { plan, by, reason, kind, verifiedAt: at } = event;
  const seconds = Math.round((Date.parse(at) - Date.parse(event.askedAt)) / 100) / 10;
  const { temperature } = plan;
  const from = plan.from?.releaseId ?? 'unknown';
  const to = plan.to.releaseId;
  await RolloutStore.fromEnvironment().recordRollback({ at, by, reason, from, to, seconds, kind, temperature });
  await reject(plan, oneLine(`${OWN_REJECTION} to ${to} by ${by}: ${reason}`));
  const line = `rolled back from release ${from} to ${to} in ${seconds} s (${temperature}) by ${by}: ${reason}`;
  return { from, to, seconds, temperature, reason: oneLine(line) };
}

/** What failed must not be deployed again without a new decision. Who went forward did not judge the older release. */
async function reject({ from, to }: RollbackMove, description: string): Promise<void> {
  if (from === undefined || Number(from.releaseId) < Number(to.releaseId)) return;
  const { ModelApprovalStatus: status } = await sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: from.modelPackageArn }),
  );
  // A person's own rejection keeps its words.
  if (status !== 'Rejected') await setApproval(sagemaker, from.modelPackageArn, 'Rejected', description);
}
