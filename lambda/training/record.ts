import { RUN_KEYS, type TrainingDocument } from '../../lib/pipeline/contract';
import { type RecordInput, TRAINING_ENV } from '../../lib/training/contract';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';

/** Last state of the Train machine: writes `training.json`, from which the model gate and the registry work. */
export async function handler(input: RecordInput): Promise<TrainingDocument> {
  const { runId, champion, championPredictionsUri, probesFailure, ...training } = input;
  const document: TrainingDocument = {
    schema: 'assay.training/1',
    ...training,
    ...(champion === null ? {} : { champion }),
    ...(championPredictionsUri === null ? {} : { championPredictionsUri }),
    ...(probesFailure === null ? {} : { probesFailure }),
  };
  await new RunDocuments(requiredEnv(TRAINING_ENV.artifactBucket), runId).write(RUN_KEYS.training, document);
  return document;
}
