import {
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { MissingDocument } from '../../core/lineage/lineage';
import { runPrefix } from '../../pipeline/contract';
import { ObjectMissing, type ObjectStore } from '../../release/objects';

/** What S3 knows of an object: there, deleted (a marker tells when), or nothing at all. */
type Presence =
  | { readonly kind: 'present' }
  | { readonly kind: 'deleted'; readonly at?: Date }
  | { readonly kind: 'never' };

/** The objects of one run's folder, of which it also knows what was deleted. */
export class RunObjects {
  private constructor(
    private readonly store: ObjectStore,
    private readonly bucket: string,
    readonly runId: string,
    private readonly found: ReadonlyMap<string, Presence>,
  ) {}

  static async list(s3: S3Client, store: ObjectStore, bucket: string, runId: string): Promise<RunObjects> {
    const prefix = runPrefix(runId);
    const found = new Map<string, Presence>();
    for await (const page of versionPages(s3, bucket, prefix)) {
      for (const { key, presence } of presences(page)) found.set(key.slice(prefix.length), presence);
    }
    return new RunObjects(store, bucket, runId, found);
  }

  /** Whether anything was ever written. */
  get exists(): boolean {
    return this.found.size > 0;
  }

  uri(name: string): string {
    return `s3://${this.bucket}/${runPrefix(this.runId)}${name}`;
  }

  has(name: string): boolean {
    return this.found.get(name)?.kind === 'present';
  }

  wasDeleted(name: string): boolean {
    return this.found.get(name)?.kind === 'deleted';
  }

  /** What to tell of a document that ought to be there; undefined if it is. */
  missing(name: string): MissingDocument | undefined {
    const presence = this.found.get(name) ?? { kind: 'never' };
    if (presence.kind === 'present') return undefined;
    const when = presence.kind === 'deleted' && presence.at !== undefined ? ` at ${presence.at.toISOString()}` : '';
    const why =
      presence.kind === 'deleted' ? `was deleted${when}` : 'was never written, or every version of it is gone';
    return { name, uri: this.uri(name), why };
  }

  /**
   * A JSON document of the run.
   *
   * @returns what to tell instead where it is not there, or is no JSON of this schema
   */
  async read<T extends object>(name: string, schema?: string): Promise<T | MissingDocument> {
    const missing = this.missing(name);
    if (missing !== undefined) return missing;
    try {
      const document: unknown = JSON.parse(await this.store.readText(this.bucket, runPrefix(this.runId) + name));
      if (typeof document === 'object' && document !== null && isOf(document, schema)) return document as T;
      return { name, uri: this.uri(name), why: `is no document of schema ${schema ?? 'object'}` };
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof ObjectMissing)) throw error;
      return { name, uri: this.uri(name), why: `cannot be read: ${error.message}` };
    }
  }
}

const isOf = (document: object, schema: string | undefined): boolean =>
  schema === undefined || ('schema' in document && document.schema === schema);

export const isMissingDocument = (value: object): value is MissingDocument => 'why' in value && 'uri' in value;

/** Everything that a bucket keeps under a prefix: all versions and delete markers, page by page. */
export async function* versionPages(s3: S3Client, Bucket: string, Prefix: string) {
  let marker: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...marker }));
    yield page;
    if (page.IsTruncated !== true) return;
    marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

function presences({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput) {
  const there = Versions.filter(({ IsLatest }) => IsLatest === true).map(({ Key = '' }) => ({
    key: Key,
    presence: { kind: 'present' } as Presence,
  }));
  const deleted = DeleteMarkers.filter(({ IsLatest }) => IsLatest === true).map(({ Key = '', LastModified: at }) => ({
    key: Key,
    presence: { kind: 'deleted', ...(at === undefined ? {} : { at }) } as Presence,
  }));
  return [...there, ...deleted];
}

/** Whether one version of an object is still there. Versions stay readable behind a delete marker. */
export async function hasVersion(s3: S3Client, Bucket: string, Key: string, VersionId: string): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket, Key, VersionId }));
    return true;
  } catch (error) {
    // A version id that S3 never gave is refused as malformed.
    if (error instanceof S3ServiceException && [400, 404].includes(error.$metadata.httpStatusCode ?? 0)) return false;
    throw error;
  }
}
