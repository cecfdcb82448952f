import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { canaryReport } from '../../lib/core/rollout/canary-report';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { type ConcludeEvent, type ConcludeResult, ROLLOUT_ENV, type RolloutDocument } from '../../lib/rollout/contract';
import { setApproval } from '../model-registry/approval';
import { releaseIdentity, writeReport } from '../serving/run-files';
import { RunDocuments } from '../shared/run-documents';
import { oneLine, requiredEnv } from '../shared/text';
import { releaseRecord, rollbackRecord } from './conclude-records';
import { ensureConfig } from './create';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});

/** Writes what the rollout did; a release that was rolled back is rejected in the registry, with the reason. */
export async function handler(event: ConcludeEvent): Promise<ConcludeResult> {
  const { runId, modelPackageArn, outcome, progress } = event;
  const store = RolloutStore.fromEnvironment();
  await store.requireLock(event.holder);
  const documents = new RunDocuments(requiredEnv(ROLLOUT_ENV.artifactBucket), runId);
  const { document: release } = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  if (outcome === 'unchanged') {
    const before = await documents.find<RolloutDocument>(RUN_KEYS.rollout);
    // This very run promoted it, and was started again: what it wrote then is the whole story.
    if (before?.document.outcome === 'promoted' && before.document.modelPackageArn === modelPackageArn) {
      return { reason: before.document.reason };
    }
  }
  const seconds = await record(store, event, release);
  const reason = reasonOf(event, seconds);
  const spent = seconds === undefined ? {} : { rollbackSeconds: seconds };
  const document: RolloutDocument = {
    schema: 'assay.rollout/1',
    endpointName: requiredEnv(ROLLOUT_ENV.endpoint),
    outcome,
    reason,
    ...variantsOf(event),
    modelPackageArn,
    ...spent,
    steps: progress.history,
  };
  await documents.write(RUN_KEYS.rollout, document);
  const report = canaryReport({
    outcome,
    reason,
    first: event.plan.kind === 'deploy' && event.plan.first,
    ...spent,
    steps: progress.history,
    release: releaseIdentity(release, modelPackageArn),
    createdAt: new Date().toISOString(),
  });
  await writeReport(documents, 'canary', report);
  // Approval is a fact about the release: what failed in production must not be deployed again without a new decision.
  if (outcome === 'rolled-back') {
    await setApproval(sagemaker, modelPackageArn, 'Rejected', `rolled back: ${event.reason}`);
  }
  return { reason };
}

/** Keeps in the table what has happened. @returns seconds that a rollback took */
async function record(
  store: RolloutStore,
  event: ConcludeEvent,
  release: ReleaseDocument,
): Promise<number | undefined> {
  const { plan, outcome } = event;
  if (plan.kind !== 'deploy' || outcome === 'unchanged') return undefined;
  const history = await store.history();
  if (outcome === 'rolled-back') {
    const rollback = rollbackRecord({ ...event, plan }, rollbackSeconds(event), history);
    await store.recordRollback(rollback);
    return rollback.seconds;
  }
  await ensureConfig(sagemaker, plan.alone);
  await store.recordRelease(releaseRecord({ ...event, plan }, release, history));
  return undefined;
}

function rollbackSeconds({ verdictAt, verifiedAt }: ConcludeEvent): number | undefined {
  if (verdictAt === undefined || verifiedAt === undefined) return undefined;
  return Math.round((Date.parse(verifiedAt) - Date.parse(verdictAt)) / 100) / 10;
}

function reasonOf({ outcome, reason, plan, leftover }: ConcludeEvent, seconds: number | undefined): string {
  if (outcome === 'rolled-back') {
    const left =
      leftover === undefined || leftover === '' ? '' : `; the failed variant could not be removed: ${leftover}`;
    return oneLine(`rolled back in ${seconds ?? 'unknown'} s: ${reason}${left}`);
  }
  if (outcome === 'unchanged') return plan.kind === 'unchanged' ? plan.reason : reason;
  if (plan.kind !== 'deploy') return reason;
  const parts = [plan.note, reason].filter((part) => part !== undefined && part !== '');
  return oneLine(`${plan.candidate} serves all traffic${parts.length === 0 ? '' : `: ${parts.join('; ')}`}`);
}

/** Who serves now, and who stands by. */
function variantsOf({ plan, outcome }: ConcludeEvent): Pick<RolloutDocument, 'live' | 'previous'> {
  if (plan.kind === 'unchanged') return { live: plan.serving };
  if (plan.kind !== 'deploy') throw new Error(`a plan of kind ${plan.kind} has no outcome to write`);
  if (outcome === 'rolled-back') return { live: plan.serving ?? plan.candidate };
  return { live: plan.candidate, ...(plan.serving === undefined ? {} : { previous: plan.serving }) };
}
