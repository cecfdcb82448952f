import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TableFile } from '../engines/duckdb/table';
import { type GoldenFile, type GoldenManifest, MANIFEST_SCHEMA } from '../golden-data/contract';
import type { Candidate, LandedState, TakenObject } from '../golden-data/landed';
import { claim, currentVersion, type ListedObject, landedOf, newObjects, refuse } from '../golden-data/landed-state';
import { type BySide, type Merged, mergeLanded } from '../golden-data/landing-merge';
import { LandedDataError } from '../golden-data/landing-table';
import { GoldenDataError, hashFile, manifestDigest } from '../golden-data/manifest';
import { storeVersion } from '../golden-data/push';
import { type ChoiceInput, type ChosenDataset, lineageOf, tellRefused, versionManifest } from './current-dataset';
import { fetchObject, pinFile } from './golden';
import type { LandedDocument } from './landed-document';

export interface TakeInput extends ChoiceInput {
  /** The version that gates.yaml names. */
  readonly root: GoldenManifest;
  readonly document: LandedDocument;
  /** New files in landing order, at least one. */
  readonly fresh: readonly ListedObject[];
}

/** A version that is being made, with copies of what it is made of. */
interface Making extends TakeInput {
  readonly candidate: Candidate;
  /** The version that it continues, or whose place it takes. */
  readonly base: GoldenManifest;
  readonly folder: string;
}

/**
 * Makes the next version of the dataset and stores it. It is a candidate until `assay golden accept`. A file that cannot
 * be taken is refused at once, so that it stops this run and no other.
 *
 * @throws GoldenDataError that names the file
 */
export async function takeLanded(input: TakeInput): Promise<ChosenDataset> {
  const { state, candidate } = await claimLanded(input);
  tellRefused(state, input.log);
  const current = currentVersion(state);
  const base = current === undefined ? input.root : await versionManifest(input, current);
  const folder = mkdtempSync(join(tmpdir(), 'assay-landing-'));
  try {
    const { manifest, taken } = await makeVersion({ ...input, candidate, base, folder });
    const earlier = candidate.combine === 'append' ? landedOf(state, current) : [];
    const lineage = lineageOf(state, input.root, [...earlier, ...taken]);
    return { manifest, lineage: { ...lineage, taken: taken.length } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function claimLanded({
  document,
  fresh,
  gates,
  run,
  now,
}: TakeInput): Promise<{ readonly state: LandedState; readonly candidate: Candidate }> {
  const wanted = { runId: run.runId, combine: gates.landing.combine, madeAt: now.toISOString(), objects: fresh };
  const state = await document.change((latest) => {
    if (newObjects(latest, fresh, new Date(0)).length === fresh.length) return claim(latest, wanted);
    throw new GoldenDataError('another run took the landed files at the same moment; retry the stage');
  });
  if (state.candidate === undefined) throw new RangeError('a claim makes a candidate');
  return { state, candidate: state.candidate };
}

async function makeVersion(
  making: Making,
): Promise<{ readonly manifest: GoldenManifest; readonly taken: readonly TakenObject[] }> {
  const { run, goldenBucket, candidate, folder, log } = making;
  const landed = await fetchLanded(making);
  const out = join(folder, 'next');
  const merged = await merge(making, landed, out);
  const taken = await Promise.all(
    candidate.objects.map(async ({ key, versionId }, i) => {
      const { sha256 } = await hashFile(landed[i]?.path ?? '');
      return { key, versionId, sha256, rows: merged.landedRows[i] ?? 0 };
    }),
  );
  for (const { key, rows } of taken) log(`landed ${key}: ${rows} rows`);
  const manifest = await storeVersion(run.store, goldenBucket, out, await describeMerged(making, merged, out));
  log(`version ${manifest.version} of dataset ${manifest.name}: ${told(making, merged)}`);
  return { manifest, taken };
}

async function fetchLanded({ run, goldenBucket, candidate, folder }: Making): Promise<readonly TableFile[]> {
  const files: TableFile[] = [];
  for (const [i, { key, versionId }] of candidate.objects.entries()) {
    const path = join(folder, `landed-${i}`);
    await fetchObject(run.store, `s3://${goldenBucket}/${key}`, path, versionId);
    files.push({ path, name: key });
  }
  return files;
}

async function merge(making: Making, landed: readonly TableFile[], folder: string): Promise<Merged> {
  const { gates, base, root, candidate, document, now } = making;
  const versions = {
    base: await fetchVersion(making, base),
    ...(base.version === root.version ? {} : { root: await fetchVersion(making, root) }),
  };
  try {
    return await mergeLanded({ dataset: gates.dataset, landing: gates.landing, landed, ...versions, folder });
  } catch (error) {
    if (!(error instanceof LandedDataError)) throw error;
    const { message: reason, index } = error;
    const objects = index === undefined ? candidate.objects : candidate.objects.slice(index, index + 1);
    await document.change((latest) => refuse(latest, candidate, { reason, refusedAt: now.toISOString(), objects }));
    throw error;
  }
}

/** Local copies of the two files of a version, checked against its manifest. */
async function fetchVersion(
  { run, goldenBucket, gates: { dataset }, folder }: Making,
  manifest: GoldenManifest,
): Promise<BySide<string>> {
  const home = join(folder, manifest.version);
  const fetch = async (path: string): Promise<string> => {
    const target = join(home, path);
    mkdirSync(dirname(target), { recursive: true });
    await pinFile(run.store, goldenBucket, manifest, path, target);
    return target;
  };
  return { train: await fetch(dataset.train), holdout: await fetch(dataset.holdout) };
}

async function describeMerged(
  { gates: { dataset }, candidate: { version } }: Making,
  { rows }: Merged,
  folder: string,
): Promise<GoldenManifest> {
  const columns = Object.entries(dataset.columns).map(([name, type]) => ({ name, type }));
  const describe = async (side: keyof typeof rows): Promise<GoldenFile> => {
    const path = dataset[side];
    return { path, ...(await hashFile(join(folder, path))), rows: rows[side], columns };
  };
  const files = [await describe('train'), await describe('holdout')];
  const content = { name: dataset.name, version, files };
  return { schema: MANIFEST_SCHEMA, ...content, digest: manifestDigest(content) };
}

function told({ candidate, base }: Making, { rows, landedRows, dropped }: Merged): string {
  const landed = landedRows.reduce((sum, n) => sum + n, 0);
  const before = base.files.reduce((sum, file) => sum + file.rows, 0);
  const appended = candidate.combine === 'append';
  const replaced = (appended ? before : 0) + landed - rows.train - rows.holdout - dropped;
  return [
    `${landed} landed rows ${appended ? `join the ${before} of` : 'take the place of'} ${base.version}`,
    ...(replaced === 0 ? [] : [`${replaced} rows gave way to later ones with the same key`]),
    ...(dropped === 0 ? [] : [`the oldest ${dropped} are left out (landing.maxRows)`]),
  ].join(', ');
}
