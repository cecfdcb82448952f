import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { servingVariant } from '../../lib/core/rollout/endpoint';
import { liveRelease } from '../../lib/core/rollout/releases';
import type { Champion } from '../../lib/pipeline/contract';
import { readEndpoint } from '../rollout/endpoint';
import { readVariants } from '../rollout/rollback-facts';
import type { RolloutStore } from '../rollout/store';

/** Statuses in which an endpoint answers requests. */
const SERVING = ['InService', 'Updating', 'SystemUpdating', 'RollingBack'];

/**
 * The model package of the release that serves: the one on record, for in the last step of a canary the candidate has
 * all traffic and is no release yet; without a record of it, or where the endpoint has others, the one behind the variant
 * with the greatest weight. Null if there is no such endpoint yet, or if it has never served.
 * @throws if the endpoint serves something that is not in the registry: comparing with nothing would be a free pass
 */
export async function findChampion(sagemaker: SageMakerClient, store: RolloutStore): Promise<Champion | null> {
  const endpoint = await readEndpoint(sagemaker, store.endpoint);
  if (endpoint === undefined) return null;
  const live = liveRelease(await store.history());
  const recorded = live && { modelPackageArn: live.modelPackageArn, modelName: live.modelName };
  if (!SERVING.includes(endpoint.status)) return recorded ?? null;
  const variants = await readVariants(sagemaker, endpoint);
  if (recorded !== undefined && variants.some((entry) => entry.modelPackageArn === recorded.modelPackageArn)) {
    return recorded;
  }
  const name = servingVariant(endpoint)?.name;
  if (name === undefined) throw new Error(`endpoint ${endpoint.name} has no variant with weight above 0`);
  const serving = variants.find(({ variant }) => variant.name === name);
  if (serving === undefined) {
    throw new Error(`configuration ${endpoint.configName} has no model for variant ${name}`);
  }
  const { modelPackageArn, variant } = serving;
  if (modelPackageArn === undefined) {
    const { modelName } = variant;
    throw new Error(`endpoint ${endpoint.name} serves the model ${modelName}, which was not made from a model package`);
  }
  return { modelPackageArn, modelName: variant.modelName };
}
