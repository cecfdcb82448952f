import { RUN_KEYS, type TrainingDocument } from '../pipeline/contract';
import { parseS3Uri } from './objects';
import type { RunFolder } from './run-folder';
import { type KeptText, readTar } from './tar-members';

/** Where a model's archive says which environment wrote it. */
export const FINGERPRINT: KeptText = { path: 'environment.json', maxBytes: 1024 * 1024 };

/**
 * Copies `environment.json` at the root of the run's model.tar.gz into the run's folder.
 *
 * @returns one line that says what was found
 * @throws Error when the model cannot be read, or its fingerprint is no JSON object
 */
export async function extractFingerprint(run: RunFolder): Promise<string> {
  const training = await run.readJson<TrainingDocument>(RUN_KEYS.training);
  const { bucket, key } = parseS3Uri(training.modelDataUrl);
  const { body } = await run.store.read(bucket, key);
  const { text } = await readTar(body, FINGERPRINT);
  if (text === undefined)
    return `${training.modelDataUrl} holds no ${FINGERPRINT.path}: the release has no environment fingerprint`;
  const fingerprint: unknown = JSON.parse(text);
  if (typeof fingerprint !== 'object' || fingerprint === null || !('sha256' in fingerprint)) {
    const found = text.slice(0, 80);
    throw new Error(`${training.modelDataUrl}: ${FINGERPRINT.path} is no {python, packages, sha256}; found ${found}`);
  }
  await run.writeJson(RUN_KEYS.environment, fingerprint);
  return `environment ${String(fingerprint.sha256)}`;
}
