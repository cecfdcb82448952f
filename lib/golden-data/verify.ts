import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TableError } from '../engines/table-error';
import { openTableFile } from '../engines/table-file';
import { ObjectMissing, type ObjectStore } from '../release/objects';
import { datasetKey, type GoldenFile, type GoldenManifest } from './contract';

/** One file against what its manifest says. `problem` is one line; absent when every byte is right. */
export interface FileVerification {
  readonly path: string;
  readonly problem?: string;
}

/** Reads every byte of a stored dataset again: the pinned version, and that it still is the current one. */
export async function verifyBucket(
  store: ObjectStore,
  bucket: string,
  manifest: GoldenManifest,
): Promise<readonly FileVerification[]> {
  const results: FileVerification[] = [];
  for (const file of manifest.files) {
    const key = datasetKey(manifest.name, manifest.version, file.path);
    results.push(result(file, await verifyObject(store, bucket, key, file)));
  }
  return results;
}

async function verifyObject(
  store: ObjectStore,
  bucket: string,
  key: string,
  file: GoldenFile,
): Promise<string | undefined> {
  try {
    const pinned = await store.read(bucket, key, file.versionId);
    const problem = await compare(file, pinned.body);
    if (problem !== undefined || file.versionId === undefined) return problem;
    const current = await store.read(bucket, key);
    if (current.versionId === file.versionId) {
      current.body.destroy();
      return undefined;
    }
    const change = await compare(file, current.body);
    return change === undefined ? undefined : `was overwritten (version ${current.versionId}): ${change}`;
  } catch (error) {
    if (error instanceof ObjectMissing) return error.message;
    throw error;
  }
}

/** Reads every byte of a local dataset again. */
export async function verifyFolder(folder: string, manifest: GoldenManifest): Promise<readonly FileVerification[]> {
  const results: FileVerification[] = [];
  for (const file of manifest.files) {
    const path = join(folder, file.path);
    const there = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
    results.push(result(file, there ? await compare(file, createReadStream(path)) : `${path}: there is no such file`));
  }
  return results;
}

const result = (file: GoldenFile, problem: string | undefined): FileVerification => ({
  path: file.path,
  ...(problem === undefined ? {} : { problem }),
});

/** What differs between a manifest's file and the bytes of a stream: digest, size or rows. */
async function compare(file: GoldenFile, stream: Readable): Promise<string | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  // Parquet is read from its end.
  const folder = mkdtempSync(join(tmpdir(), 'assay-verify-'));
  const path = join(folder, 'file');
  try {
    await pipeline(stream, hashing, createWriteStream(path));
    const sha256 = hash.digest('hex');
    if (sha256 !== file.sha256) return `expected sha256 ${file.sha256}, found ${sha256} (${bytes} bytes)`;
    if (bytes !== file.bytes) return `expected ${file.bytes} bytes, found ${bytes}`;
    const rows = await countRows(file, path);
    return rows === file.rows
      ? undefined
      : `expected ${file.rows} rows, found ${rows ?? 'a table that cannot be read'}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function countRows(file: GoldenFile, path: string): Promise<number | undefined> {
  try {
    const table = await openTableFile({ path, name: basename(file.path) }, file.columns);
    let rows = 0;
    for await (const _row of table.rows) rows += 1;
    return rows;
  } catch (error) {
    if (error instanceof TableError) return undefined;
    throw error;
  }
}
