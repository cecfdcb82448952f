import type { ReleaseIdentity } from '../core/report/report';
import type { ReleaseDocument, TrainingDocument } from '../pipeline/contract';

/** A run's release in a report about its data. @param rows that were judged */
export function dataIdentity({ commit, dataset, image }: ReleaseDocument, rows: number): ReleaseIdentity {
  const { name, version, digest } = dataset;
  return { commit, dataset: { name, version, sha256: digest, rows }, image };
}

/** A run's release in a report about what its model answers to the holdout. */
export const modelIdentity = (release: ReleaseDocument, training: TrainingDocument): ReleaseIdentity => ({
  ...dataIdentity(release, release.dataset.holdout.rows),
  model: training.modelName,
});
