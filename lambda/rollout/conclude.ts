import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { canaryReport } from '../../lib/core/rollout/canary-report';
import { type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { type ConcludeEvent, type ConcludeResult, ROLLOUT_ENV, type RolloutDocument } from '../../lib/rollout/contract';
import { setApproval } from '../model-registry/approval';
import { releaseIdentity, writeReport } from '../serving/run-files';
import { RunDocuments } from '../shared/run-documents';
import { oneLine, requiredEnv } from '../shared/text';

const sagemaker = new SageMakerClient({});

/** Writes what the rollout did; a release that was rolled back is rejected in the registry, with the reason. */
export async function handler(event: ConcludeEvent): Promise<ConcludeResult> {
  const { runId, modelPackageArn, outcome, progress } = event;
  const documents = new RunDocuments(requiredEnv(ROLLOUT_ENV.artifactBucket), runId);
  const { document: release } = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  const seconds = rollbackSeconds(event);
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
  const candidate = plan.kind === 'deploy' ? plan.candidate : '';
  return oneLine(`${candidate} serves all traffic${reason === '' ? '' : `: ${reason}`}`);
}

/** Who serves now, and who stands by. */
function variantsOf({ plan, outcome }: ConcludeEvent): Pick<RolloutDocument, 'live' | 'previous'> {
  if (plan.kind === 'unchanged') return { live: plan.serving };
  if (plan.kind !== 'deploy') throw new Error(`a plan of kind ${plan.kind} has no outcome to write`);
  if (outcome === 'rolled-back') return { live: plan.serving ?? plan.candidate };
  return { live: plan.candidate, ...(plan.serving === undefined ? {} : { previous: plan.serving }) };
}
