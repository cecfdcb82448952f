import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointConfigCommand,
  paginateListEndpointConfigs,
  paginateListModels,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { EndpointState } from '../../lib/core/rollout/endpoint';
import { type Leftovers, planRetention } from '../../lib/core/rollout/retention';
import { isMissing } from './endpoint';
import { isNameOf } from './release';
import type { RolloutStore } from './store';

/**
 * Deletes configurations and models that no rollback needs any more: never one of the endpoint, nor of a retained
 * release. Nothing is deleted while the endpoint is missing or changing, for then nobody knows what it needs.
 * @returns names of what was deleted
 */
export async function prune(
  sagemaker: SageMakerClient,
  store: RolloutStore,
  endpoint: EndpointState | undefined,
  retain: number,
): Promise<readonly string[]> {
  if (endpoint?.status !== 'InService') return [];
  const [history, found] = await Promise.all([store.history(), list(sagemaker, store.endpoint)]);
  const { retired, deleteConfigs, deleteModels } = planRetention(history, found, {
    endpointConfig: endpoint.configName,
    retain,
  });
  // Written down first: a release whose parts are going must not be offered for a rollback.
  const retiredAt = new Date().toISOString();
  for (const record of retired) await store.recordRelease({ ...record, retiredAt });
  for (const EndpointConfigName of deleteConfigs) {
    await unlessMissing(sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName })));
  }
  for (const ModelName of deleteModels) await unlessMissing(sagemaker.send(new DeleteModelCommand({ ModelName })));
  return [...deleteConfigs, ...deleteModels];
}

/** Everything that rollouts of this endpoint have made, by the names that they give. */
async function list(sagemaker: SageMakerClient, endpoint: string): Promise<Leftovers> {
  const models: string[] = [];
  for await (const page of paginateListModels({ client: sagemaker }, { NameContains: endpoint })) {
    models.push(...(page.Models ?? []).map(({ ModelName = '' }) => ModelName).filter(isNameOf(endpoint)));
  }
  const names: string[] = [];
  for await (const page of paginateListEndpointConfigs({ client: sagemaker }, { NameContains: endpoint })) {
    const found = (page.EndpointConfigs ?? []).map(({ EndpointConfigName = '' }) => EndpointConfigName);
    names.push(...found.filter(isNameOf(endpoint)));
  }
  const configs = await Promise.all(names.map((name) => describe(sagemaker, name)));
  return { models, configs: configs.filter((config) => config !== undefined) };
}

async function describe(sagemaker: SageMakerClient, name: string): Promise<Leftovers['configs'][number] | undefined> {
  const found = await unlessMissing(sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })));
  if (found === undefined) return undefined;
  return { name, models: (found.ProductionVariants ?? []).map(({ ModelName = '' }) => ModelName) };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
