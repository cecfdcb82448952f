import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { liveRelease } from '../../lib/core/rollout/releases';
import { planRetirement } from '../../lib/core/rollout/retire';
import type { RetireEvent, RetireResult } from '../../lib/rollout/contract';
import { readEndpoint } from './endpoint';
import { configNames } from './release';
import { readCapture, readVariants } from './rollback-facts';
import { RolloutStore } from './store';

const sagemaker = new SageMakerClient({});

/** Says what removes the variant that stands by, if the run's release is still the one that serves. Changes nothing. */
export async function handler({ runId }: RetireEvent): Promise<RetireResult> {
  const store = RolloutStore.fromEnvironment();
  const [endpoint, history] = await Promise.all([readEndpoint(sagemaker, store.endpoint), store.history()]);
  const live = liveRelease(history);
  const capture = endpoint === undefined ? undefined : await readCapture(sagemaker, endpoint);
  return planRetirement({
    runId,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(live === undefined ? {} : { live }),
    variants: endpoint?.status === 'InService' ? await readVariants(sagemaker, endpoint) : [],
    configName: configNames(store.endpoint),
    ...(capture === undefined ? {} : { capture }),
  });
}
