import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '../../engine/aws';
import type { EngineContext } from '../../engine/ports';

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** An object under a prefix. */
export interface S3Entry extends S3Location {
  /** Path relative to the prefix that was listed. */
  readonly relative: string;
  readonly size: number;
}

/** Throws if the URI is not s3://bucket/key; the key may be empty. */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri);
  if (match === null) throw new Error(`'${uri}' is not an s3:// URI`);
  return { bucket: match[1] ?? '', key: match[2] ?? '' };
}

/** `s3://bucket/prefix` + `/` + key, with one slash between. */
export const joinS3 = (uri: string, key: string): string => `${uri.replace(/\/+$/, '')}/${key}`;

/** S3 as jobs and containers use it, through the gateway. */
export class ObjectStore {
  private client: S3Client | undefined;

  constructor(private readonly context: EngineContext) {}

  /** All objects whose key starts with the URI's key, in key order; folder markers left out. */
  async list(uri: string): Promise<readonly S3Entry[]> {
    const { bucket, key: prefix } = parseS3Uri(uri);
    const entries: S3Entry[] = [];
    let token: string | undefined;
    do {
      const page = await this.s3().send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
      );
      for (const { Key: key = '', Size: size = 0 } of page.Contents ?? []) {
        if (!key.endsWith('/')) entries.push({ bucket, key, size, relative: relativeTo(prefix, key) });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return entries;
  }

  async read(at: S3Location): Promise<Buffer> {
    const answer = await this.s3().send(new GetObjectCommand({ Bucket: at.bucket, Key: at.key }));
    return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  }

  async download(at: S3Location, file: string): Promise<void> {
    const answer = await this.s3().send(new GetObjectCommand({ Bucket: at.bucket, Key: at.key }));
    if (!(answer.Body instanceof Readable)) throw new Error(`s3://${at.bucket}/${at.key} has no readable body`);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(answer.Body, createWriteStream(file));
  }

  /** Downloads everything under the prefix into the folder, keeping relative paths; returns how many objects. */
  async downloadAll(uri: string, folder: string): Promise<number> {
    const entries = await this.list(uri);
    for (const entry of entries) await this.download(entry, join(folder, entry.relative));
    return entries.length;
  }

  async write(uri: string, body: Buffer | string): Promise<void> {
    const { bucket, key } = parseS3Uri(uri);
    await this.s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  close(): void {
    this.client?.destroy();
  }

  private s3(): S3Client {
    this.client ??= new S3Client({ ...awsClientConfig(this.context), forcePathStyle: true });
    return this.client;
  }
}

function relativeTo(prefix: string, key: string): string {
  if (prefix === '' || key === prefix) return key === prefix ? key.slice(key.lastIndexOf('/') + 1) : key;
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  return key.startsWith(folder) ? key.slice(folder.length) : key.slice(prefix.lastIndexOf('/') + 1);
}
