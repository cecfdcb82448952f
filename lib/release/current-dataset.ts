import type { Gates } from '../config/gates';
import { type GoldenManifest, landingPrefix, manifestKey } from '../golden-data/contract';
import type { LandedState } from '../golden-data/landed';
import {
  currentVersion,
  type ListedObject,
  landedOf,
  newObjects,
  refuse,
  refusedSince,
} from '../golden-data/landed-state';
import { GoldenDataError, parseManifest } from '../golden-data/manifest';
import type { ReleaseDocument } from '../pipeline/contract';
import { findManifest } from './golden';
import { LandedDocument } from './landed-document';
import { refusalOf } from './landing-outcome';
import type { RunFolder } from './run-folder';

/** What a release says about where its data comes from. */
export type DatasetLineage = Pick<ReleaseDocument['dataset'], 'root' | 'landed' | 'taken' | 'refused'>;

/** The version of the dataset that a release is made of. */
export interface ChosenDataset {
  readonly manifest: GoldenManifest;
  readonly lineage: DatasetLineage;
}

export interface ChoiceInput {
  readonly run: RunFolder;
  readonly goldenBucket: string;
  readonly gates: Pick<Gates, 'dataset' | 'landing'>;
  /** A push is about code: it takes no new data. */
  readonly takesLanded: boolean;
  readonly log: (line: string) => void;
  readonly now: Date;
}

/**
 * The version that the release uses: the current one, which descends from the one that gates.yaml names, or a new one
 * that takes the files that landed since.
 *
 * @throws GoldenDataError for data that cannot be taken: one line that names the file
 */
export async function chooseDataset(input: ChoiceInput): Promise<ChosenDataset> {
  const { run, goldenBucket, gates, log } = input;
  const root = await findManifest(run.store, goldenBucket, gates.dataset);
  const document = new LandedDocument(run.store, goldenBucket, root);
  const state = await settle(document, input);
  const fresh = input.takesLanded ? await landedSince(state, root, input) : [];
  if (fresh.length > 0) {
    // Only now: it loads DuckDB.
    const { takeLanded } = await import('./take-landed');
    return takeLanded({ ...input, root, document, fresh });
  }
  if (input.takesLanded)
    log(`nothing landed on dataset ${root.name} ${root.version} since the last run that took files`);
  tellRefused(state, log);
  const current = currentVersion(state);
  const manifest = current === undefined ? root : await versionManifest(input, current);
  return { manifest, lineage: lineageOf(state, root, landedOf(state, current)) };
}

/** One line for each file that the release does without. */
export function tellRefused(state: LandedState, log: (line: string) => void): void {
  for (const { key, reason } of refusedSince(state)) log(`left out ${key}: ${reason}`);
}

/** The lineage of a version that consists of these landed files. */
export function lineageOf(
  state: LandedState,
  { version, digest }: GoldenManifest,
  landed: NonNullable<DatasetLineage['landed']>,
): DatasetLineage {
  const refused = refusedSince(state).map(({ key, versionId, reason }) => ({ key, versionId, reason }));
  return {
    ...(landed.length === 0 ? {} : { root: { version, digest }, landed }),
    ...(refused.length === 0 ? {} : { refused }),
  };
}

/** Refuses the files of an earlier run's candidate whose gates did not pass. */
async function settle(document: LandedDocument, { run, now, log }: ChoiceInput): Promise<LandedState> {
  const state = await document.read();
  const { candidate } = state;
  if (candidate === undefined) return state;
  const reason = await refusalOf(run.store, run.bucket, candidate);
  if (reason === undefined) return state;
  log(`version ${candidate.version} of run ${candidate.runId} is refused`);
  return document.change((latest) => refuse(latest, candidate, { reason, refusedAt: now.toISOString() }));
}

async function landedSince(
  state: LandedState,
  root: GoldenManifest,
  { run: { store }, goldenBucket, log }: ChoiceInput,
): Promise<readonly ListedObject[]> {
  const listed = (await store.currentVersions(goldenBucket, landingPrefix(root.name))).filter(({ key }) => isFile(key));
  if (listed.length === 0) return [];
  const key = manifestKey(root.name, root.version);
  const stored = (await store.currentVersions(goldenBucket, key)).find((object) => object.key === key);
  if (stored === undefined) throw new GoldenDataError(`s3://${goldenBucket}/${key}: was removed meanwhile`);
  const fresh = newObjects(state, listed, stored.modifiedAt);
  const older = newObjects(state, listed, new Date(0)).length - fresh.length;
  if (older > 0) log(`left out ${older} landed files that are older than dataset ${root.name} ${root.version}`);
  return fresh;
}

/** Not the mark of an empty folder, nor what writers leave beside tables (`_SUCCESS`). */
const isFile = (key: string): boolean => !/(^|\/)([._][^/]*)?$/.test(key);

/** @throws GoldenDataError when the version is gone, or is not the one that was accepted */
export async function versionManifest(
  { run: { store }, goldenBucket, gates }: Pick<ChoiceInput, 'run' | 'goldenBucket' | 'gates'>,
  { version, digest }: { readonly version: string; readonly digest: string },
): Promise<GoldenManifest> {
  const key = manifestKey(gates.dataset.name, version);
  const where = `s3://${goldenBucket}/${key}`;
  const text = await store.readTextIfPresent(goldenBucket, key);
  if (text === undefined) throw new GoldenDataError(`${where}: the current version of the dataset was removed`);
  const manifest = parseManifest(text, where);
  if (manifest.digest === digest) return manifest;
  throw new GoldenDataError(`${where}: was accepted with ${digest}, it has ${manifest.digest}`);
}
