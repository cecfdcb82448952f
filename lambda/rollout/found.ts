import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { releaseIdOf } from '../../lib/core/rollout/releases';
import type { ConcludeResult, FoundEvent } from '../../lib/rollout/contract';
import { METADATA } from '../model-registry/metadata';
import { ensureConfig } from './create';
import { readPackage } from './facts';
import type { RolloutStore } from './store';

/**
 * Puts the release that serves on record, with what endpoint and registry tell of it. It counts as promoted now: when
 * it really was, nobody knows.
 */
export async function recordFound(
  sagemaker: SageMakerClient,
  store: RolloutStore,
  { plan: { modelPackageArn, alone }, at }: FoundEvent,
): Promise<ConcludeResult> {
  const [variant] = alone.variants;
  if (variant === undefined) throw new Error(`the plan to record ${modelPackageArn} names no variant`);
  const { CustomerMetadataProperties: metadata = {} } = await readPackage(sagemaker, modelPackageArn);
  const told = (key: string) => metadata[key] ?? 'unknown';
  await ensureConfig(sagemaker, alone);
  const releaseId = releaseIdOf(modelPackageArn);
  await store.recordRelease({
    releaseId,
    modelPackageArn,
    runId: told(METADATA.run),
    commit: told(METADATA.commit),
    dataset: {
      name: told(METADATA.dataset.name),
      version: told(METADATA.dataset.version),
      digest: told(METADATA.dataset.digest),
    },
    configName: alone.configName,
    modelName: variant.modelName,
    variant: variant.name,
    instanceType: variant.instanceType,
    instanceCount: variant.instanceCount,
    promotedAt: at,
  });
  return { reason: `release ${releaseId} serves and was not on record` };
}
