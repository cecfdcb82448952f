import { createHash } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { runPrefix } from '../../lib/pipeline/contract';

/** A document with the digest of its bytes, as stored. */
export interface StoredDocument<T> {
  readonly document: T;
  readonly s3Uri: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
}

/** The documents of one run: `s3://<artifact bucket>/runs/<run id>/…`. */
export class RunDocuments {
  constructor(
    readonly bucket: string,
    readonly runId: string,
    private readonly s3: S3Client = new S3Client({}),
  ) {}

  uri(key: string): string {
    return `s3://${this.bucket}/${runPrefix(this.runId)}${key}`;
  }

  /** The document `key`, or undefined if the run has none. @throws if it is not JSON */
  async find<T>(key: string): Promise<StoredDocument<T> | undefined> {
    const body = await this.findText(key);
    if (body === undefined) return undefined;
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    try {
      return { document: JSON.parse(body) as T, s3Uri: this.uri(key), digest };
    } catch (cause) {
      throw new Error(`${this.uri(key)} is not valid JSON`, { cause });
    }
  }

  /** The document `key`. @throws if the run has none */
  async read<T>(key: string): Promise<StoredDocument<T>> {
    return (await this.find<T>(key)) ?? this.missing(key);
  }

  /** The text of the file `key`. @throws if the run has none */
  async readText(key: string): Promise<string> {
    return (await this.findText(key)) ?? this.missing(key);
  }

  async write(key: string, document: unknown): Promise<void> {
    await this.writeText(key, `${JSON.stringify(document, null, 2)}\n`, 'application/json');
  }

  async writeText(key: string, text: string, contentType: string): Promise<void> {
    const Key = `${runPrefix(this.runId)}${key}`;
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body: text, ContentType: contentType }));
  }

  private async findText(key: string): Promise<string | undefined> {
    try {
      const Key = `${runPrefix(this.runId)}${key}`;
      const answer = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
      return await answer.Body?.transformToString('utf8');
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  private missing(key: string): never {
    throw new Error(`${this.uri(key)} does not exist; an earlier stage should have written it`);
  }
}
