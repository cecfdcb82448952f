import { createHash } from 'node:crypto';
import type { Gates } from '../../lib/config/gates/schema';
import { BUILD_ENV, RUN_KEYS } from '../../lib/pipeline/contract';
import { ObjectStore } from '../../lib/release/objects';
import type { RunFolder } from '../../lib/release/run-folder';
import { type Moto, startMoto } from './moto';

/** The emulator with the two buckets that a run of the pipeline has: `golden` and `artifacts`. */
export async function startRunStore(): Promise<{ readonly moto: Moto; readonly store: ObjectStore }> {
  const moto = await startMoto();
  await moto.createBucket('golden');
  await moto.createBucket('artifacts');
  return { moto, store: new ObjectStore(moto.s3) };
}

/** What a build stage finds in its environment. */
export const buildEnvironment = (runId: string): Readonly<Record<string, string>> => ({
  [BUILD_ENV.application]: 'tiny',
  [BUILD_ENV.runId]: runId,
  [BUILD_ENV.commit]: 'c0ffee',
  [BUILD_ENV.artifactBucket]: 'artifacts',
  [BUILD_ENV.goldenBucket]: 'golden',
  [BUILD_ENV.workload]: '.',
  [BUILD_ENV.image]: `example.com/x@sha256:${'a'.repeat(64)}`,
});

/** A run as the Train stage leaves it for the gates behind it: a pinned holdout and where the answers lie. */
export async function writeTrainedRun(
  run: RunFolder,
  gates: Gates,
  holdoutText: string,
  training: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const versionId = await run.store.write('golden', 'holdout.csv', holdoutText, 'text/csv');
  const sha256 = createHash('sha256').update(holdoutText).digest('hex');
  const rows = holdoutText.trimEnd().split('\n').length - 1;
  const holdout = { path: 'holdout.csv', s3Uri: 's3://golden/holdout.csv', versionId, sha256, rows };
  await run.writeJson(RUN_KEYS.release, {
    commit: 'abc',
    image: 'image',
    dataset: { name: 'churn', version: '1', digest: 'sha256:0', train: holdout, holdout },
    gates,
  });
  await run.writeJson(RUN_KEYS.training, {
    modelName: 'churn-1',
    challengerPredictionsUri: run.uri(RUN_KEYS.challengerPredictions),
    ...training,
  });
}
