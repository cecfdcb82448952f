import { setTimeout as pause } from 'node:timers/promises';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { LockItem } from '../../lib/rollout/records';
import { type PreemptEvent, ROLLED_BACK_BY_HAND } from '../../lib/rollout/rollback-contract';
import { oneLine } from '../shared/text';
import { isRunning } from './rollback-facts';
import { RolloutStore } from './store';

/** A rollback is under way already: a second one would only get in its way. State machines match on the name. */
export class RollbackUnderWay extends Error {
  override readonly name = 'RollbackUnderWay';
}

const sfn = new SFNClient({});

/** Times to look again at a lock that changes hands meanwhile, or at an execution that is being stopped. */
const TRIES = 20;
const PAUSE_MS = 250;

/**
 * Takes the endpoint's lock, and stops the rollout that holds it. It is stopped first and the lock taken after it, on
 * the condition that nobody else took it in between: a call that dies half-way leaves nothing that the next one misses.
 */
export async function handler(event: PreemptEvent): Promise<{ readonly stopped: string }> {
  const store = RolloutStore.fromEnvironment();
  let stopped = '';
  for (let tries = 0; tries < TRIES; tries++) {
    const wish: LockItem = {
      holder: event.holder,
      runId: event.holder.split(':').at(-1) ?? event.holder,
      since: new Date().toISOString(),
      action: 'rollback',
    };
    const answer = await store.lock.take(wish);
    if (answer.taken) return { stopped };
    const { held } = answer;
    if (!(await isRunning(sfn, held.holder))) {
      if ((await store.lock.takeOver(wish, held)).taken) return { stopped };
    } else if (stopped === held.holder) {
      await pause(PAUSE_MS);
    } else {
      await stop(held, event, store.endpoint);
      stopped = held.holder;
    }
  }
  throw new Error(`the lock of ${store.endpoint} could not be taken in ${TRIES} tries: it keeps changing hands`);
}

async function stop(held: LockItem, { by, reason }: PreemptEvent, endpoint: string): Promise<void> {
  if (held.action === 'rollback') {
    throw new RollbackUnderWay(`a rollback of ${endpoint} is under way since ${held.since}: ${held.holder}`);
  }
  await sfn.send(
    new StopExecutionCommand({
      executionArn: held.holder,
      error: ROLLED_BACK_BY_HAND,
      cause: oneLine(`${by} rolled ${endpoint} back: ${reason}`),
    }),
  );
}
