import type { AbandonedPlan, DeployPlan } from '../../lib/core/rollout/plan';
import { liveRelease, releaseIdOf } from '../../lib/core/rollout/releases';
import type { ReleaseDocument } from '../../lib/pipeline/contract';
import type { ConcludeEvent } from '../../lib/rollout/contract';
import type { ReleaseHistory, ReleaseRecord, RollbackRecord } from '../../lib/rollout/records';

/**
 * The release that this rollout promoted. A second call, whoever makes it, finds the record of the first; a promotion
 * after a way back is another one, although it is of the same run.
 */
export function releaseRecord(
  event: ConcludeEvent & { readonly plan: DeployPlan },
  release: ReleaseDocument,
  history: ReleaseHistory,
): ReleaseRecord {
  const { runId, modelPackageArn, plan, progress, at } = event;
  const live = liveRelease(history);
  if (live?.runId === runId && live.modelPackageArn === modelPackageArn) return live;
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

/** The way back that this rollout took: one verdict, one record. */
export function rollbackRecord(
  event: ConcludeEvent & { readonly plan: DeployPlan | AbandonedPlan },
  seconds: number | undefined,
  { rollbacks }: ReleaseHistory,
): RollbackRecord {
  const { runId, modelPackageArn, plan, reason, verdictAt, at } = event;
  const from = releaseIdOf(modelPackageArn);
  const decidedAt = verdictAt ?? at;
  const found = rollbacks.find((record) => record.at === decidedAt && record.from === from);
  if (found !== undefined) return found;
  return {
    at: decidedAt,
    by: `the rollout of run ${runId}`,
    reason,
    from,
    ...(plan.servingRelease === undefined ? {} : { to: plan.servingRelease }),
    ...(seconds === undefined ? {} : { seconds }),
    kind: 'automatic',
    runId,
  };
}
