import { createWriteStream, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { globPattern, hasMagic } from './glob';
import { isData, type ListedFile } from './listing';
import { TableError } from './table-error';

/** `AWS_ENDPOINT_URL` points to an emulator, which is reached with path-style addresses. */
const client = (): S3Client => new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });

/** Objects downloaded at the same time. */
const PARALLEL = 4;

/**
 * Objects of `s3://bucket/key`, below `s3://bucket/prefix` or of a glob in the key, sorted by key.
 *
 * @throws TableError when there is none, or they cannot be listed
 */
export async function listObjects(uri: string): Promise<readonly ListedFile[]> {
  const { bucket, key } = parse(uri);
  const fixed = hasMagic(key) ? key.slice(0, key.search(/[*?[{]/)) : key;
  const objects: { readonly key: string; readonly bytes: number }[] = [];
  const s3 = client();
  let token: string | undefined;
  try {
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: fixed,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) objects.push({ key: Key, bytes: Size });
      token = page.NextContinuationToken;
    } while (token !== undefined);
  } catch (error) {
    throw told(error, uri);
  } finally {
    s3.destroy();
  }
  const found = objects.filter((object) => means(key, object.key));
  if (found.length === 0) throw new TableError(`${uri}: there is no such object`);
  return found.map((object) => ({ name: `s3://${bucket}/${object.key}`, bytes: object.bytes }));
}

/** `a/b` means the object of that name or those below `a/b/`, and not `a/b-old.csv`. */
function means(wanted: string, key: string): boolean {
  if (hasMagic(wanted)) return globPattern(wanted).test(key);
  if (key === wanted) return !key.endsWith('/');
  const folder = wanted === '' || wanted.endsWith('/') ? wanted : `${wanted}/`;
  return key.startsWith(folder) && !key.endsWith('/') && isData(key);
}

/**
 * Downloads objects into a folder, streamed. @returns their paths, in the same order
 *
 * @param signal ends the download, which rejects with its reason
 * @throws TableError when they do not fit on the disk, or cannot be read
 */
export async function fetchObjects(
  files: readonly ListedFile[],
  folder: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const { bavail, bsize } = statfsSync(folder);
  if (bytes > bavail * bsize) {
    const [needed, free] = [bytes, bavail * bsize].map((size) => `${(size / 1e9).toFixed(1)} GB`);
    throw new TableError(
      `${files[0]?.name}: ${needed} do not fit on the disk of ${folder}, which has ${free} free; TMPDIR may name another, and \`engine: athena\` downloads nothing`,
    );
  }
  const s3 = client();
  const paths = files.map((file, i) => join(folder, `${i}-${file.name.split('/').at(-1)}`));
  const queue = files.entries();
  const work = async () => {
    for (const [i, file] of queue) await fetchObject(s3, file, paths[i] ?? '', signal);
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL }, work));
    signal?.throwIfAborted();
  } finally {
    s3.destroy();
  }
  return paths;
}

async function fetchObject(s3: S3Client, { name }: ListedFile, path: string, signal?: AbortSignal): Promise<void> {
  const { bucket, key } = parse(name);
  try {
    const until = signal === undefined ? {} : { abortSignal: signal };
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), until);
    await pipeline(Body as Readable, createWriteStream(path), signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw told(error, name);
  }
}

function parse(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri);
  if (match?.[1] === undefined) throw new TableError(`"${uri}" is no s3://bucket/prefix address`);
  return { bucket: match[1], key: match[2] ?? '' };
}

function told(error: unknown, uri: string): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  const why = error.name === 'NoSuchBucket' ? 'there is no such bucket' : `${error.name}: ${error.message}`;
  return new TableError(`${uri}: ${why}`, { cause: error });
}
