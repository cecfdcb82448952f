import { DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { RollbackMove } from '../../lib/core/rollout/rollback';
import { OWN_REJECTION, type RollbackRecordEvent, type RollbackRecorded } from '../../lib/rollout/rollback-contract';
import { setApproval } from '../model-registry/approval';
import { oneLine } from '../shared/text';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});

/**
 * Writes who goes back and why, before the traffic moves; and afterwards, in the same place, how long it took. The release
 * that was left is rejected in the registry then.
 */
export async function handler(event: RollbackRecordEvent): Promise<RollbackRecorded> {
  const { plan, holder, runId, by, reason, kind, askedAt: at, verifiedAt } = event;
  const { temperature } = plan;
  const from = plan.from?.releaseId ?? 'unknown';
  const to = plan.to.releaseId;
  const record = { at, by, reason, from, to, kind, temperature, runId };
  const store = RolloutStore.fromEnvironment();
  if (verifiedAt === undefined) {
    await store.recordRollback(record);
    return { from, to, temperature, reason: '' };
  }
  const seconds = Math.round((Date.parse(verifiedAt) - Date.parse(at)) / 100) / 10;
  await store.recordRollback({ ...record, seconds });
  await reject(plan, oneLine(`${OWN_REJECTION} to ${to} by ${by}: ${reason}`));
  // Of a rollout that was stopped for this.
  await store.lock.unmark(holder);
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
