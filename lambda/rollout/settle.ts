import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SettleEvent, SettleResult } from '../../lib/rollout/contract';
import { readEndpoint } from './endpoint';
import { prune } from './retention';
import { restoreScaling } from './scaling';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});
const scaling = new ApplicationAutoScalingClient({});

/** What is left to do when an endpoint has come to rest: autoscaling goes on again, and what nobody needs goes away. */
export async function handler({ holder, retain }: SettleEvent): Promise<SettleResult> {
  const store = RolloutStore.fromEnvironment();
  await store.lock.require(holder);
  const endpoint = await readEndpoint(sagemaker, store.endpoint);
  await restoreScaling(scaling, store, endpoint?.variants.map(({ name }) => name) ?? []);
  return { deleted: retain === undefined ? [] : await prune(sagemaker, store, endpoint, retain) };
}
