import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Champion } from '../../lib/pipeline/contract';
import { readEndpoint, readServing } from '../rollout/endpoint';

/** Statuses in which an endpoint answers requests. */
const SERVING = ['InService', 'Updating', 'SystemUpdating', 'RollingBack'];

/**
 * The model package behind the variant of `endpointName` that serves: the one with the greatest weight.
 * Null if there is no such endpoint yet, or if it has never served.
 * @throws if the endpoint serves something that is not in the registry: comparing with nothing would be a free pass
 */
export async function findChampion(sagemaker: SageMakerClient, endpointName: string): Promise<Champion | null> {
  const endpoint = await readEndpoint(sagemaker, endpointName);
  if (endpoint === undefined || !SERVING.includes(endpoint.status)) return null;
  const serving = await readServing(sagemaker, endpoint);
  if (serving === undefined) throw new Error(`endpoint ${endpointName} has no variant with weight above 0`);
  const { modelName, packageArn: modelPackageArn } = serving;
  if (modelPackageArn === undefined) {
    throw new Error(`endpoint ${endpointName} serves the model ${modelName}, which was not made from a model package`);
  }
  return { modelPackageArn, modelName };
}
