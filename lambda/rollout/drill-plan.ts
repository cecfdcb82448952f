import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { planDrill } from '../../lib/core/rollout/drill';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import type { DrillPlanResult } from '../../lib/rollout/rollback-contract';
import { requiredEnv } from '../shared/text';
import { readEndpoint } from './endpoint';
import { configNames } from './release';
import { readVariants } from './rollback-facts';

const sagemaker = new SageMakerClient({});

/** Plans a rehearsal on the endpoint as it is. Changes nothing. */
export async function handler(): Promise<DrillPlanResult> {
  const endpointName = requiredEnv(ROLLOUT_ENV.endpoint);
  const endpoint = await readEndpoint(sagemaker, endpointName);
  const plan = planDrill({
    endpointName,
    ...(endpoint === undefined ? {} : { endpoint }),
    variants: endpoint === undefined ? [] : await readVariants(sagemaker, endpoint),
    configName: configNames(endpointName),
  });
  return { plan, reason: plan.kind === 'drill' ? '' : plan.reason };
}
