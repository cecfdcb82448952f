import type { Gates } from '../config/gates';
import type { LandedState } from '../golden-data/landed';
import { accept } from '../golden-data/landed-state';
import { GoldenDataError } from '../golden-data/manifest';
import { LANDING_GATES, type ReleaseDocument } from '../pipeline/contract';
import { findManifest } from './golden';
import { LandedDocument } from './landed-document';
import { judged } from './landing-outcome';
import type { RunFolder } from './run-folder';

/**
 * Makes the version that this run made of landed files the dataset's current one; every later run uses it.
 *
 * @returns one line that says what was done
 * @throws GoldenDataError when a gate did not pass it, or when it is no candidate any more
 */
export async function acceptDataset(run: RunFolder, goldenBucket: string, now: Date): Promise<string> {
  const { dataset, gates } = await run.release();
  const name = `dataset ${dataset.name} ${dataset.version}`;
  if (dataset.root === undefined) return `${name}: no landed files in it, nothing to accept`;
  const root = await findManifest(run.store, goldenBucket, (gates as Gates).dataset);
  const document = new LandedDocument(run.store, goldenBucket, root);
  if (isAccepted(await document.read(), dataset)) return `${name}: is accepted already`;
  await requirePassed(run, dataset, gates as Gates);
  await document.change((state) => {
    if (isAccepted(state, dataset)) return state;
    const objects = state.candidate?.objects ?? [];
    const taken = (dataset.landed ?? []).filter(({ key, versionId }) =>
      objects.some((object) => object.key === key && object.versionId === versionId),
    );
    const { version, digest } = dataset;
    return accept(state, { version, digest, taken, runId: run.runId, acceptedAt: now.toISOString() });
  });
  return `${name}: is the current version now`;
}

const isAccepted = (state: LandedState, { version, digest }: ReleaseDocument['dataset']): boolean =>
  state.versions.some((accepted) => accepted.version === version && accepted.digest === digest);

/** The commands before this one end a build that did not pass; evidence that is not there is no pass either. */
async function requirePassed(
  run: RunFolder,
  { name, version }: ReleaseDocument['dataset'],
  gates: Gates,
): Promise<void> {
  for (const gate of LANDING_GATES) {
    if (gate === 'drift' && gates.drift === undefined) continue;
    const report = await judged(run.store, run.bucket, { runId: run.runId, version }, gate);
    if (report?.verdict === 'pass') continue;
    const why = report === undefined ? 'did not judge it' : `said ${report.verdict}: ${report.reason}`;
    throw new GoldenDataError(`dataset ${name} ${version}: is not accepted: the ${gate} gate ${why}`);
  }
}
