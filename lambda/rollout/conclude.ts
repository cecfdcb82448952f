import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { canaryReport } from '../../lib/core/rollout/canary-report';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import {
  type ConcludeEvent,
  type ConcludeResult,
  type FoundEvent,
  ROLLOUT_ENV,
  type RolloutDocument,
} from '../../lib/rollout/contract';
import { OWN_REJECTION } from '../../lib/rollout/rollback-contract';
import { setApproval } from '../model-registry/approval';
import { releaseIdentity, writeReport } from '../serving/run-files';
import { RunDocuments } from '../shared/run-documents';
import { oneLine, requiredEnv } from '../shared/text';
import { releaseRecord, rollbackRecord } from './conclude-records';
import { ensureConfig } from './create';
import { recordFound } from './found';
import { unlessMissing } from './rollback-facts';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});

/** Writes what the rollout did; a release that was rolled back is rejected in the registry, with the reason. */
export async function handler(event: ConcludeEvent | FoundEvent): Promise<ConcludeResult> {
  const store = RolloutStore.fromEnvironment();
  await store.lock.require(event.holder);
  if (event.outcome === 'found') return recordFound(sagemaker, store, event);
  const result = await conclude(store, event);
  // Whoever comes next has nothing to go on with.
  await store.lock.unmark(event.holder);
  return result;
}

async function conclude(store: RolloutStore, event: ConcludeEvent): Promise<ConcludeResult> {
  const { runId, modelPackageArn, outcome, plan } = event;
  const documents = new RunDocuments(requiredEnv(ROLLOUT_ENV.artifactBucket), runId);
  if (outcome === 'unchanged') {
    const before = await documents.find<RolloutDocument>(RUN_KEYS.rollout);
    // This very run promoted it, and was started again: what it wrote then is the whole story.
    if (before?.document.outcome === 'promoted' && before.document.modelPackageArn === modelPackageArn) {
      return { reason: before.document.reason };
    }
  }
  // A run that was abandoned long ago may have lost its folder; its release is taken out all the same.
  const release = await documents.find<ReleaseDocument>(RUN_KEYS.release);
  if (release === undefined && plan.kind !== 'abandoned') throw new Error(`run ${runId} has no ${RUN_KEYS.release}`);
  const seconds = await record(store, event, release?.document);
  const reason = reasonOf(event, seconds);
  if (release !== undefined) await write(documents, event, release.document, { reason, seconds });
  // Approval is a fact about the release: what failed in production must not be deployed again without a new decision.
  if (outcome === 'rolled-back') {
    await unlessMissing(setApproval(sagemaker, modelPackageArn, 'Rejected', `${OWN_REJECTION}: ${event.reason}`));
  }
  return { reason };
}

/** `rollout.json` and the canary's report in the run's folder. */
async function write(
  documents: RunDocuments,
  event: ConcludeEvent,
  release: ReleaseDocument,
  { reason, seconds }: { readonly reason: string; readonly seconds: number | undefined },
): Promise<void> {
  const { outcome, plan, modelPackageArn, progress } = event;
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
    first: 'first' in plan && plan.first,
    ...spent,
    steps: progress.history,
    release: releaseIdentity(release, modelPackageArn),
    createdAt: new Date().toISOString(),
  });
  await writeReport(documents, 'canary', report);
}

/** Keeps in the table what has happened. @returns seconds that a rollback took */
async function record(
  store: RolloutStore,
  event: ConcludeEvent,
  release: ReleaseDocument | undefined,
): Promise<number | undefined> {
  const { plan, outcome } = event;
  const history = await store.history();
  if (outcome === 'rolled-back' && (plan.kind === 'deploy' || plan.kind === 'abandoned')) {
    const rollback = rollbackRecord({ ...event, plan }, rollbackSeconds(event), history);
    await store.recordRollback(rollback);
    return rollback.seconds;
  }
  if (outcome !== 'promoted' || plan.kind !== 'deploy' || release === undefined) return undefined;
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
  if (plan.kind !== 'deploy' && plan.kind !== 'abandoned')
    throw new Error(`a plan of kind ${plan.kind} has no outcome to write`);
  if (outcome === 'rolled-back') return { live: plan.serving ?? plan.candidate };
  return { live: plan.candidate, ...(plan.serving === undefined ? {} : { previous: plan.serving }) };
}
