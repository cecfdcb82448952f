import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DatasetConfig } from '../config/gates';
import { datasetKey, type GoldenFile, type GoldenManifest, manifestKey } from '../golden-data/contract';
import { GoldenDataError, parseManifest } from '../golden-data/manifest';
import type { PinnedFile } from '../pipeline/contract';
import { ObjectMissing, type ObjectStore, parseS3Uri } from './objects';

/** The manifest of the dataset that gates.yaml names. @throws GoldenDataError when it is absent or not the pinned one */
export async function findManifest(
  store: ObjectStore,
  bucket: string,
  dataset: DatasetConfig,
): Promise<GoldenManifest> {
  const key = manifestKey(dataset.name, dataset.version);
  const text = await store.readTextIfPresent(bucket, key);
  if (text === undefined) {
    throw new GoldenDataError(
      `dataset ${dataset.name} ${dataset.version} is not in s3://${bucket}: \`assay golden push\` puts it there`,
    );
  }
  const manifest = parseManifest(text, `s3://${bucket}/${key}`);
  if (dataset.digest !== undefined && dataset.digest !== manifest.digest) {
    throw new GoldenDataError(
      `dataset ${dataset.name} ${dataset.version}: gates.yaml pins ${dataset.digest}, the bucket's manifest has ${manifest.digest}`,
    );
  }
  return manifest;
}

export interface Fetched {
  readonly sha256: string;
  readonly versionId?: string;
}

/** Copies an object to a local file and tells the digest (hexadecimal) of what was read. */
export async function fetchObject(
  store: ObjectStore,
  uri: string,
  target: string,
  versionId?: string,
): Promise<Fetched> {
  const { bucket, key } = parseS3Uri(uri);
  const object = await store.read(bucket, key, versionId);
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(object.body, hashing, createWriteStream(target));
  return {
    sha256: hash.digest('hex'),
    ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
  };
}

export const mismatch = (path: string, expected: string, found: string): string =>
  `${path}: golden data was changed: expected sha256 ${expected}, found ${found}`;

/**
 * Copies a golden file as it is in the bucket now and pins the version that was read. A file that was overwritten after
 * its manifest is found here, although the manifest's own version is still there.
 *
 * @throws GoldenDataError naming file, expected and found digest
 */
export async function pinFile(
  store: ObjectStore,
  bucket: string,
  manifest: GoldenManifest,
  path: string,
  target: string,
): Promise<PinnedFile> {
  const file = manifest.files.find((candidate) => candidate.path === path);
  if (file === undefined) {
    const paths = manifest.files.map((candidate) => candidate.path).join(', ');
    throw new GoldenDataError(
      `${path}: is not part of dataset ${manifest.name} ${manifest.version}, which has ${paths}`,
    );
  }
  const s3Uri = `s3://${bucket}/${datasetKey(manifest.name, manifest.version, path)}`;
  const fetched = await fetchPresent(store, s3Uri, target, file);
  if (fetched.sha256 !== file.sha256) throw new GoldenDataError(mismatch(path, file.sha256, fetched.sha256), path);
  if (fetched.versionId === undefined)
    throw new GoldenDataError(`${s3Uri}: has no version: the bucket is not versioned`);
  return { path, s3Uri, versionId: fetched.versionId, sha256: file.sha256, rows: file.rows };
}

async function fetchPresent(store: ObjectStore, uri: string, target: string, file: GoldenFile): Promise<Fetched> {
  try {
    return await fetchObject(store, uri, target);
  } catch (error) {
    if (!(error instanceof ObjectMissing)) throw error;
    throw new GoldenDataError(`${file.path}: golden data was removed from the bucket (${uri})`, file.path, {
      cause: error,
    });
  }
}
