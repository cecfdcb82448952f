import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type Champion, type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { ROLLOUT_ENV } from '../../lib/rollout/contract';
import { type PrepareInput, TRAINING_ENV } from '../../lib/training/contract';
import { RolloutStore } from '../rollout/store';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { findChampion } from './champion';
import { type TrainingPlan, type TrainingSettings, trainingPlan } from './plan';

/** First state of the Train machine: the arguments of every job that follows. */
export async function handler(input: PrepareInput): Promise<TrainingPlan> {
  const settings = readSettings();
  const documents = new RunDocuments(settings.artifactBucket, input.runId);
  const release = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  return trainingPlan(release.document, settings, input.executionName, await championFor(release.document));
}

/** A reproduction is compared with the release that it repeats, whatever serves meanwhile. */
async function championFor({ reproduces }: ReleaseDocument): Promise<Champion | null> {
  if (reproduces !== undefined) return null;
  return findChampion(
    new SageMakerClient({}),
    new RolloutStore(requiredEnv(ROLLOUT_ENV.table), requiredEnv(TRAINING_ENV.productionEndpoint)),
  );
}

function readSettings(): TrainingSettings {
  return {
    application: requiredEnv(TRAINING_ENV.application),
    region: requiredEnv('AWS_REGION'),
    artifactBucket: requiredEnv(TRAINING_ENV.artifactBucket),
    executionRoleArn: requiredEnv(TRAINING_ENV.executionRole),
    instanceType: requiredEnv(TRAINING_ENV.instanceType),
    volumeGiB: Number(requiredEnv(TRAINING_ENV.volumeGiB)),
    maxRuntimeSeconds: Number(requiredEnv(TRAINING_ENV.maxRuntimeSeconds)),
  };
}
