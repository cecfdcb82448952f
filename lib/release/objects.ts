import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/** Objects of S3 as the command line needs them; every failure is one line that names the object. */
export class ObjectStore {
  constructor(private readonly client: S3Client) {}

  /**
   * The object's content as a stream, with the version that was read.
   *
   * @param versionId @default the current version
   * @throws ObjectMissing when there is no such object or version
   */
  async read(
    bucket: string,
    key: string,
    versionId?: string,
  ): Promise<{ readonly body: Readable; readonly versionId?: string }> {
    const VersionId = versionId === undefined ? {} : { VersionId: versionId };
    try {
      const { Body, VersionId: found } = await this.client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ...VersionId }),
      );
      if (Body === undefined) throw new ObjectMissing(`s3://${bucket}/${key} has no content`);
      return { body: Body as Readable, ...(found === undefined ? {} : { versionId: found }) };
    } catch (error) {
      throw describe(error, `s3://${bucket}/${key}${versionId === undefined ? '' : ` (version ${versionId})`}`);
    }
  }

  async readBuffer(bucket: string, key: string, versionId?: string): Promise<Buffer> {
    return buffer((await this.read(bucket, key, versionId)).body);
  }

  async readText(bucket: string, key: string): Promise<string> {
    return (await this.readBuffer(bucket, key)).toString('utf8');
  }

  /** As readText, and undefined when there is no such object. */
  async readTextIfPresent(bucket: string, key: string): Promise<string | undefined> {
    try {
      return await this.readText(bucket, key);
    } catch (error) {
      if (error instanceof ObjectMissing) return undefined;
      throw error;
    }
  }

  /** The text with its entity tag, and undefined when there is no such object. */
  async readTagged(bucket: string, key: string): Promise<{ readonly text: string; readonly tag: string } | undefined> {
    try {
      const { Body, ETag = '' } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { text: (await Body?.transformToString('utf8')) ?? '', tag: ETag };
    } catch (error) {
      const described = describe(error, `s3://${bucket}/${key}`);
      if (described instanceof ObjectMissing) return undefined;
      throw described;
    }
  }

  /** Current versions of the objects under a prefix; those that were deleted are not among them. */
  async currentVersions(bucket: string, prefix: string): Promise<readonly StoredVersion[]> {
    const found: StoredVersion[] = [];
    let at: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
    while (at !== undefined) {
      const page = await this.versionsPage(bucket, prefix, at);
      for (const { Key: key, VersionId: versionId, LastModified: modifiedAt, IsLatest } of page.Versions ?? []) {
        if (IsLatest !== true || key === undefined || versionId === undefined || modifiedAt === undefined) continue;
        found.push({ key, versionId, modifiedAt });
      }
      const { IsTruncated, NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
      const version = VersionIdMarker === undefined ? {} : { VersionIdMarker };
      at = IsTruncated !== true || KeyMarker === undefined ? undefined : { KeyMarker, ...version };
    }
    return found;
  }

  private async versionsPage(bucket: string, prefix: string, at: object): Promise<ListObjectVersionsCommandOutput> {
    try {
      return await this.client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...at }));
    } catch (error) {
      throw describe(error, `s3://${bucket}/${prefix}`);
    }
  }

  /**
   * Stores content if the object still has this entity tag, or still does not exist (undefined).
   *
   * @returns false if it was changed meanwhile
   */
  async writeIfUnchanged(
    bucket: string,
    key: string,
    content: string,
    contentType: string,
    tag: string | undefined,
  ): Promise<boolean> {
    const condition = tag === undefined ? { IfNoneMatch: '*' } : { IfMatch: tag };
    try {
      const input = { Bucket: bucket, Key: key, Body: content, ContentType: contentType, ...condition };
      await this.client.send(new PutObjectCommand(input));
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && CHANGED.has(error.$metadata.httpStatusCode ?? 0)) return false;
      throw describe(error, `s3://${bucket}/${key}`);
    }
  }

  /** Stores content; S3 checks it against its SHA-256. @returns the version id, if the bucket is versioned */
  async write(bucket: string, key: string, content: string | Buffer, contentType: string): Promise<string | undefined> {
    const Body = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const sha256 = createHash('sha256').update(Body).digest('base64');
    return this.put(bucket, key, { Body, ContentType: contentType, ChecksumSHA256: sha256 });
  }

  /** Stores a local file, streamed; S3 checks it against `sha256` (hexadecimal). @returns the version id */
  async writeFile(bucket: string, key: string, path: string, sha256: string): Promise<string | undefined> {
    return this.put(bucket, key, {
      Body: createReadStream(path),
      ContentLength: statSync(path).size,
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
    });
  }

  private async put(
    bucket: string,
    key: string,
    content: Omit<ConstructorParameters<typeof PutObjectCommand>[0], 'Bucket' | 'Key'>,
  ): Promise<string | undefined> {
    try {
      const { VersionId } = await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, ...content }));
      return VersionId;
    } catch (error) {
      throw describe(error, `s3://${bucket}/${key}`);
    }
  }
}

/** The version of an object that is the current one. */
export interface StoredVersion {
  readonly key: string;
  readonly versionId: string;
  /** To the second. */
  readonly modifiedAt: Date;
}

export class ObjectMissing extends Error {
  override readonly name = 'ObjectMissing';
}

/** PreconditionFailed, and ConditionalRequestConflict of two writes at the same moment. */
const CHANGED = new Set([412, 409]);

const MISSING = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound']);

function describe(error: unknown, object: string): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  if (MISSING.has(error.name)) return new ObjectMissing(`${object}: there is no such object`, { cause: error });
  const why = error.name === 'NoSuchBucket' ? 'there is no such bucket' : `${error.name}: ${error.message}`;
  return new Error(`${object}: ${why}`, { cause: error });
}

/**
 * @param env `AWS_ENDPOINT_URL` points to an emulator, which is reached with path-style addresses
 * @param region @default that of the environment or profile
 */
export function openStore(env: Readonly<Record<string, string | undefined>>, region?: string): ObjectStore {
  const forcePathStyle = env.AWS_ENDPOINT_URL !== undefined;
  return new ObjectStore(new S3Client({ forcePathStyle, ...(region === undefined ? {} : { region }) }));
}

/** `s3://bucket/key` → its parts. @throws Error for another address */
export function parseS3Uri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(`"${uri}" is no s3://bucket/key address`);
  return { bucket: match[1], key: match[2] };
}
