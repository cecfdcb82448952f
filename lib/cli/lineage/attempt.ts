import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checkData } from '../../core/lineage/inputs';
import type { Check } from '../../core/report/report';
import { type PinnedFile, type ReleaseDocument, RUN_KEYS } from '../../pipeline/contract';
import { fetchObject } from '../../release/golden';
import { ObjectMissing, parseS3Uri } from '../../release/objects';
import { RunFolder } from '../../release/run-folder';
import { transformInput } from '../../release/transform-input';
import type { LineageSources } from './facts';
import type { Original } from './original';

/** A second training of a release: its run folder in the account, and a folder here for files. */
export interface Attempt {
  readonly run: RunFolder;
  readonly original: Original;
  /** Removed when the command ends. */
  readonly folder: string;
  /** Of the release's holdout, once it was verified. */
  readonly holdout: string;
}

/** `reproduce-7-20261121T101112345Z`: never used twice, and says what it is of. */
function attemptId({ candidate }: Original, now: Date): string {
  const of = candidate.releaseId ?? candidate.runId.slice(0, 8);
  return `reproduce-${of}-${now.toISOString().replace(/[-:.]/g, '')}`;
}

export function openAttempt({ clients, production }: LineageSources, original: Original, now: Date): Attempt {
  const folder = mkdtempSync(join(tmpdir(), 'assay-reproduce-'));
  const run = new RunFolder(clients.objects, production.artifactBucket, attemptId(original, now));
  return { run, original, folder, holdout: join(folder, 'holdout') };
}

export const closeAttempt = ({ folder }: Attempt): void => rmSync(folder, { recursive: true, force: true });

/**
 * Writes the new run's folder from what the release pinned, and from nothing else: its own source archive, the train and
 * holdout files by S3 version, its gates and image.
 *
 * @returns what was verified; nothing may be trained unless all of it passes
 */
export async function writeInputs(attempt: Attempt, now: Date): Promise<readonly Check[]> {
  const { run, folder, holdout, original } = attempt;
  const { release, gates } = original;
  const train = join(folder, 'train');
  const checks = [
    await copySource(attempt),
    await fetchPinned(run, 'train', release.dataset.train, train),
    await fetchPinned(run, 'holdout', release.dataset.holdout, holdout),
  ];
  if (checks.some(({ verdict }) => verdict !== 'pass')) return checks;
  await run.writeFile(`${RUN_KEYS.trainData}${basename(gates.dataset.train)}`, train, release.dataset.train.sha256);
  await run.write(RUN_KEYS.transformInput, await transformInput(holdout, gates.dataset));
  const again: ReleaseDocument = {
    ...release,
    runId: run.runId,
    sourceUri: run.uri(RUN_KEYS.source),
    createdAt: now.toISOString(),
    reproduces: release.runId,
  };
  await run.writeJson(RUN_KEYS.release, again);
  return checks;
}

async function copySource({ run, original }: Attempt): Promise<Check> {
  const { sourceUri, sourceSha256: expected } = original.release;
  const { bucket, key } = parseS3Uri(sourceUri);
  const id = 'reproduce.source';
  const content = await run.store.readBuffer(bucket, key);
  const found = createHash('sha256').update(content).digest('hex');
  const evidence = { expected, found };
  if (found !== expected) {
    const reason = `${sourceUri} has sha256 ${found}; the release pinned ${expected}`;
    return { id, verdict: 'fail', reason, evidence };
  }
  await run.write(RUN_KEYS.source, content);
  return { id, verdict: 'pass', reason: `the source archive has the pinned sha256 ${found}`, evidence };
}

async function fetchPinned(run: RunFolder, role: string, pinned: PinnedFile, target: string): Promise<Check> {
  const { path, versionId, sha256: expected, s3Uri } = pinned;
  const facts = { role, path, versionId, expected };
  try {
    return checkData({ ...facts, found: await fetchObject(run.store, s3Uri, target, versionId) });
  } catch (error) {
    if (!(error instanceof ObjectMissing)) throw error;
    return checkData({ ...facts, found: { problem: `the pinned version is gone: ${error.message}` } });
  }
}
