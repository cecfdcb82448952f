import { SFNClient } from '@aws-sdk/client-sfn';
import type { LockEvent, LockResult } from '../../lib/rollout/contract';
import { isRunning } from './rollback-facts';
import { RolloutStore } from './store';

const sfn = new SFNClient({});

/**
 * Takes the endpoint's lock for an execution, or gives it back. A holder whose execution has ended, however, is replaced;
 * the same run then learns how far it had come.
 */
export async function handler({ release, ...wanted }: LockEvent): Promise<LockResult> {
  const store = RolloutStore.fromEnvironment();
  if (release === true) {
    await store.releaseLock(wanted.holder);
    return { taken: false, reason: 'the lock was given back' };
  }
  const wish = { ...wanted, since: new Date().toISOString() };
  let answer = await store.takeLock(wish);
  if (!answer.taken && !(await isRunning(sfn, answer.held.holder))) answer = await store.takeOver(wish, answer.held);
  if (answer.taken)
    return { taken: true, reason: '', ...(answer.lock.mark === undefined ? {} : { mark: answer.lock.mark }) };
  const { action, runId, since, holder } = answer.held;
  return {
    taken: false,
    reason: `endpoint ${store.endpoint} is held by the ${action} of run ${runId} since ${since} (${holder})`,
  };
}
