import { join } from 'node:path';
import type { DatasetConfig } from '../config/gates';
import type { ObjectStore } from '../release/objects';
import { datasetKey, type GoldenFile, type GoldenManifest, manifestKey } from './contract';
import { describeFolder, GoldenDataError, manifestDigest, manifestText, parseManifest } from './manifest';

export interface Push {
  readonly manifest: GoldenManifest;
  /** False when the bucket held this version already. */
  readonly uploaded: boolean;
}

/**
 * Puts a dataset into the golden bucket: files first, the manifest last, so that a manifest never promises what is not
 * there. The same content again changes nothing.
 *
 * @throws GoldenDataError when the version exists with other content, or differs from the digest that gates.yaml pins
 */
export async function pushDataset(
  store: ObjectStore,
  bucket: string,
  folder: string,
  dataset: DatasetConfig,
): Promise<Push> {
  const manifest = await describeFolder(folder, dataset);
  const name = `${manifest.name} ${manifest.version}`;
  if (dataset.digest !== undefined && dataset.digest !== manifest.digest) {
    throw new GoldenDataError(
      `${folder}: gates.yaml pins ${name} as ${dataset.digest}, the files here have ${manifest.digest}`,
    );
  }
  const key = manifestKey(manifest.name, manifest.version);
  const existing = await store.readTextIfPresent(bucket, key);
  if (existing !== undefined) {
    const stored = parseManifest(existing, `s3://${bucket}/${key}`);
    if (stored.digest === manifest.digest) return { manifest: stored, uploaded: false };
    throw new GoldenDataError(
      `${name} is in s3://${bucket} already, with other content: ${difference(stored, manifest)}; give changed data a new dataset.version`,
    );
  }
  return { manifest: await storeVersion(store, bucket, folder, manifest), uploaded: true };
}

/**
 * Stores the files of a version that is not in the bucket yet, then its manifest.
 *
 * @returns the manifest with the files' S3 versions
 * @throws GoldenDataError for a bucket without versions
 */
export async function storeVersion(
  store: ObjectStore,
  bucket: string,
  folder: string,
  manifest: GoldenManifest,
): Promise<GoldenManifest> {
  const files: GoldenFile[] = [];
  for (const file of manifest.files) {
    const target = datasetKey(manifest.name, manifest.version, file.path);
    const versionId = await store.writeFile(bucket, target, join(folder, file.path), file.sha256);
    if (versionId === undefined || versionId === 'null') {
      throw new GoldenDataError(`s3://${bucket} is not versioned: golden data needs a bucket with versioning enabled`);
    }
    files.push({ ...file, versionId });
  }
  const pinned = { ...manifest, files, digest: manifestDigest({ ...manifest, files }) };
  await store.write(bucket, manifestKey(manifest.name, manifest.version), manifestText(pinned), 'application/json');
  return pinned;
}

/** The first file that differs, told in words. */
function difference(stored: GoldenManifest, here: GoldenManifest): string {
  for (const file of here.files) {
    const there = stored.files.find(({ path }) => path === file.path);
    if (there === undefined) return `${file.path} is not part of it`;
    if (there.sha256 !== file.sha256) return `${file.path} has SHA-256 ${there.sha256} there and ${file.sha256} here`;
    if (JSON.stringify(there.columns) !== JSON.stringify(file.columns))
      return `${file.path} has other columns or types`;
  }
  return 'it has further files';
}
