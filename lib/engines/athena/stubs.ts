import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { formatOf } from '../formats';
import type { ListedFile } from '../listing';
import { packingOf } from '../packed';
import { parallel } from '../parallel';
import { TableError } from '../table-error';

/** The start of the first file, from which types are inferred, and of the others, for their headers. */
const SAMPLE_BYTES = 8 * 1024 ** 2;
const HEADER_BYTES = 256 * 1024;
/** What is read of a Parquet file's end at first; footers are mostly shorter. */
const TAIL_BYTES = 64 * 1024;
const MAGIC = Buffer.from('PAR1');
const AT_ONCE = 16;
/** A zstd file is read whole, because no part of it can be unpacked by itself. */
const MOST_ZSTD_BYTES = 256 * 1024 ** 2;

/** Local files with the shape of objects in S3: names and types of columns, but few rows or none. */
export interface Stubs {
  readonly paths: readonly string[];
  /** Tell format and packing; packed files are unpacked already where they could be. */
  readonly names: readonly string[];
  close(): void;
}

/**
 * Reads as little of the objects as tells their columns: the first lines of texts, the footers of Parquet files, put
 * into files with holes where the data were.
 *
 * @throws TableError for an object that cannot be read
 */
export async function fetchStubs(s3: S3Client, files: readonly ListedFile[]): Promise<Stubs> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-shape-'));
  const close = () => rmSync(folder, { recursive: true, force: true });
  const paths = files.map((_file, i) => join(folder, String(i)));
  const fetch = (file: ListedFile, i: number) =>
    formatOf(file.name) === 'parquet'
      ? fetchFooter(s3, file, paths[i] ?? '')
      : fetchStart(s3, file, paths[i] ?? '', i === 0 ? SAMPLE_BYTES : HEADER_BYTES);
  try {
    await parallel(
      AT_ONCE,
      files.map((file, i) => () => fetch(file, i)),
    );
  } catch (error) {
    close();
    throw error;
  }
  return { paths, names: files.map(({ name }) => name.replace(/\.gz$/i, '')), close };
}

async function fetchFooter(s3: S3Client, file: ListedFile, path: string): Promise<void> {
  let tail = await range(s3, file, Math.max(0, file.bytes - TAIL_BYTES), file.bytes);
  if (tail.length >= 8) {
    const footer = tail.readUInt32LE(tail.length - 8) + 8;
    if (footer > tail.length && footer <= file.bytes) tail = await range(s3, file, file.bytes - footer, file.bytes);
  }
  const stub = openSync(path, 'w');
  try {
    ftruncateSync(stub, file.bytes);
    writeSync(stub, MAGIC, 0, MAGIC.length, 0);
    writeSync(stub, tail, 0, tail.length, file.bytes - tail.length);
  } finally {
    closeSync(stub);
  }
}

async function fetchStart(s3: S3Client, file: ListedFile, path: string, most: number): Promise<void> {
  const packing = packingOf(file.name);
  if (packing === 'zst' && file.bytes > MOST_ZSTD_BYTES) {
    throw new TableError(`${file.name}: its columns cannot be told without reading all of it: pack it with gzip`);
  }
  const end = packing === 'zst' ? file.bytes : Math.min(file.bytes, most);
  const start = await range(s3, file, 0, end);
  const text = packing === 'gz' ? gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }) : start;
  const whole = end === file.bytes;
  writeFileSync(path, whole ? text : text.subarray(0, text.lastIndexOf(10) + 1));
}

async function range(s3: S3Client, { name }: ListedFile, from: number, to: number): Promise<Buffer> {
  if (to <= from) return Buffer.alloc(0);
  const { bucket, key } = placeOf(name);
  try {
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${from}-${to - 1}` }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    throw new TableError(`${name}: ${error.name}: ${error.message}`, { cause: error });
  }
}

/** `s3://bucket/key` */
export function placeOf(uri: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}
