import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { planRollback } from '../../lib/core/rollout/rollback';
import type { RollbackPlanEvent, RollbackPlanResult } from '../../lib/rollout/rollback-contract';
import { readRollback } from './rollback-facts';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});

/** Says how production goes back, or why it cannot. Changes nothing. */
export async function handler({ to, unfinished }: RollbackPlanEvent): Promise<RollbackPlanResult> {
  const store = RolloutStore.fromEnvironment();
  const { facts, history } = await readRollback(
    { sagemaker, store },
    { to, ...(unfinished === undefined ? {} : { unfinished }) },
  );
  const plan = planRollback(facts);
  const target = plan.kind === 'rollback' ? plan.to.releaseId : undefined;
  return {
    plan,
    unfinished: facts.unfinished,
    runId: history.releases.find(({ releaseId }) => releaseId === target)?.runId ?? '',
    reason: plan.kind === 'rollback' ? '' : plan.reason,
  };
}
