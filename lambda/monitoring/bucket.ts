import type { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { type FileLine, foldersIn, linesOf } from './capture-files';

export interface StoredObject {
  readonly key: string;
  readonly etag: string;
  readonly modified: Date;
}

/** Objects of the monitoring bucket; files of lines are read as streams. */
export class MonitoringBucket {
  constructor(
    readonly name: string,
    readonly s3: S3Client = new S3Client({}),
  ) {}

  uri(key: string): string {
    return `s3://${this.name}/${key}`;
  }

  /** Objects whose key begins so, in the order of their keys. */
  async *list(prefix: string): AsyncGenerator<StoredObject> {
    const pages = paginateListObjectsV2({ client: this.s3 }, { Bucket: this.name, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', ETag = '', LastModified = new Date(0) } of Contents) {
        yield { key: Key, etag: ETag, modified: LastModified };
      }
    }
  }

  /** Folders directly below, each with the slash at its end. */
  folders(prefix: string): Promise<readonly string[]> {
    return foldersIn(this.s3, this.name, prefix);
  }

  /** The text of an object; undefined if there is none. */
  async readText(key: string): Promise<string | undefined> {
    const body = await this.body(key);
    if (body === undefined) return undefined;
    const parts: Buffer[] = [];
    for await (const part of body) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  }

  /** The lines of an object that hold anything; none if there is none. Line feeds alone end a line. */
  async *lines(key: string): AsyncGenerator<FileLine> {
    const body = await this.body(key);
    if (body !== undefined) yield* linesOf(body);
  }

  async write(key: string, text: string, contentType: string): Promise<void> {
    const Body = Buffer.from(text, 'utf8');
    // Said because the SDK does not take the length of nothing from a body without a byte.
    const ContentLength = Body.length;
    await this.s3.send(
      new PutObjectCommand({ Bucket: this.name, Key: key, Body, ContentLength, ContentType: contentType }),
    );
  }

  private async body(key: string): Promise<Readable | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
      return Body as Readable | undefined;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}
