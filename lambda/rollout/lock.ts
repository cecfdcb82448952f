import { SFNClient } from '@aws-sdk/client-sfn';
import type { LockEvent, LockResult } from '../../lib/rollout/contract';
import type { RolloutMark } from '../../lib/rollout/records';
import { isRunning, statusOf } from './rollback-facts';
import { RolloutStore } from './store';

const sfn = new SFNClient({});

/**
 * Takes the endpoint's lock for an execution, or gives it back. A holder whose execution has ended, however, is replaced.
 * Whoever takes it learns how far a rollout had come that has no end on record.
 */
export async function handler({ release, ...wanted }: LockEvent): Promise<LockResult> {
  const store = RolloutStore.fromEnvironment();
  if (release === true) {
    await store.lock.release(wanted.holder);
    return { taken: false, reason: 'the lock was given back' };
  }
  const wish = { ...wanted, since: new Date().toISOString() };
  let answer = await store.lock.take(wish);
  if (!answer.taken && !(await isRunning(sfn, answer.held.holder)))
    answer = await store.lock.takeOver(wish, answer.held);
  if (answer.taken) return { taken: true, reason: '', ...(await leftMark(answer.mark)) };
  const { action, runId, since, holder } = answer.held;
  return {
    taken: false,
    reason: `endpoint ${store.endpoint} is held by the ${action} of run ${runId} since ${since} (${holder})`,
  };
}

async function leftMark(mark: RolloutMark | undefined): Promise<Pick<LockResult, 'mark'>> {
  if (mark === undefined) return {};
  return { mark: { ...mark, endedAs: (await statusOf(sfn, mark.execution)) ?? 'forgotten' } };
}
