import type { DeployPlan } from '../../lib/core/rollout/plan';
import { releaseIdOf } from '../../lib/core/rollout/releases';
import type { ReleaseDocument } from '../../lib/pipeline/contract';
import type { ConcludeEvent } from '../../lib/rollout/contract';
import type { ReleaseHistory, ReleaseRecord, RollbackRecord } from '../../lib/rollout/records';

/** The release that this rollout promoted. A second call, whoever makes it, finds the record of the first. */
export function releaseRecord(
  event: ConcludeEvent & { readonly plan: DeployPlan },
  release: ReleaseDocument,
  { releases }: ReleaseHistory,
): ReleaseRecord {
  const { runId, modelPackageArn, plan, progress, at } = event;
  const found = releases.find((record) => record.runId === runId && record.modelPackageArn === modelPackageArn);
  if (found !== undefined) return found;
  const [variant] = plan.alone.variants;
  if (variant === undefined) throw new Error(`the plan of run ${runId} has no variant to serve alone`);
  const { name, version, digest } = release.dataset;
  return {
    releaseId: releaseIdOf(modelPackageArn),
    modelPackageArn,
    runId,
    commit: release.commit,
    dataset: { name, version, digest },
    configName: plan.alone.configName,
    modelName: variant.modelName,
    variant: variant.name,
    instanceType: variant.instanceType,
    instanceCount: variant.instanceCount,
    promotedAt: at,
    ...(plan.first
      ? {}
      : { steps: progress.history.map(({ weight, startedAt, endedAt }) => ({ weight, startedAt, endedAt })) }),
  };
}

/** The way back that this rollout took, under the same rule. */
export function rollbackRecord(
  event: ConcludeEvent & { readonly plan: DeployPlan },
  seconds: number | undefined,
  { rollbacks }: ReleaseHistory,
): RollbackRecord {
  const { runId, modelPackageArn, plan, reason, verdictAt, at } = event;
  const from = releaseIdOf(modelPackageArn);
  const found = rollbacks.find((record) => record.runId === runId && record.from === from);
  if (found !== undefined) return found;
  return {
    at: verdictAt ?? at,
    by: `the rollout of run ${runId}`,
    reason,
    from,
    ...(plan.servingRelease === undefined ? {} : { to: plan.servingRelease }),
    ...(seconds === undefined ? {} : { seconds }),
    kind: 'automatic',
    runId,
  };
}
