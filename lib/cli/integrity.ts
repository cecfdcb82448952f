import type { Check } from '../core/report/report';
import type { PinnedFile } from '../pipeline/contract';
import { type Fetched, fetchObject, mismatch } from '../release/golden';
import { ObjectMissing } from '../release/objects';
import type { RunFolder } from '../release/run-folder';

/** Fetches a pinned file; the check says whether it still is what the release pinned. */
export async function checkIntegrity(run: RunFolder, pinned: PinnedFile, target: string): Promise<Check> {
  const id = `golden.integrity.${pinned.path}`;
  const fetched = await fetchPinned(run, pinned, target);
  if (fetched instanceof ObjectMissing) {
    return { id, verdict: 'fail', reason: `${pinned.path}: the pinned golden data is gone: ${fetched.message}` };
  }
  const { sha256 } = fetched;
  const same = sha256 === pinned.sha256;
  return {
    id,
    verdict: same ? 'pass' : 'fail',
    reason: same ? `${pinned.path}: has the pinned sha256 ${sha256}` : mismatch(pinned.path, pinned.sha256, sha256),
    evidence: { expected: pinned.sha256, found: sha256, versionId: pinned.versionId },
  };
}

async function fetchPinned(run: RunFolder, pinned: PinnedFile, target: string): Promise<Fetched | ObjectMissing> {
  try {
    return await fetchObject(run.store, pinned.s3Uri, target, pinned.versionId);
  } catch (error) {
    if (error instanceof ObjectMissing) return error;
    throw error;
  }
}
