import { type ReleaseDocument, RUN_KEYS, runPrefix } from '../pipeline/contract';
import { buildEnvironment, type Environment } from './environment';
import { type ObjectStore, openStore } from './objects';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  jsonl: 'application/jsonlines',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml',
  gz: 'application/gzip',
};

/** `s3://<artifact bucket>/runs/<pipeline execution id>/`: what the stages of one run hand to each other. */
export class RunFolder {
  constructor(
    readonly store: ObjectStore,
    readonly bucket: string,
    readonly runId: string,
  ) {}

  uri(name: string): string {
    return `s3://${this.bucket}/${runPrefix(this.runId)}${name}`;
  }

  async write(name: string, content: string | Buffer): Promise<string> {
    const type = CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    await this.store.write(this.bucket, runPrefix(this.runId) + name, content, type);
    return this.uri(name);
  }

  /** Stores a local file under `name`, streamed; S3 checks it against `sha256` (hexadecimal). */
  async writeFile(name: string, path: string, sha256: string): Promise<void> {
    await this.store.writeFile(this.bucket, runPrefix(this.runId) + name, path, sha256);
  }

  async writeJson(name: string, document: unknown): Promise<string> {
    return this.write(name, `${JSON.stringify(document, null, 2)}\n`);
  }

  /** @throws ObjectMissing when no earlier stage wrote it */
  async readJson<T>(name: string): Promise<T> {
    return JSON.parse(await this.store.readText(this.bucket, runPrefix(this.runId) + name)) as T;
  }

  /** `release.json`. */
  async release(): Promise<ReleaseDocument> {
    return this.readJson<ReleaseDocument>(RUN_KEYS.release);
  }
}

/** The folder of the run that this build belongs to. @throws UsageError outside a run */
export function openRun(env: Environment): RunFolder {
  const { artifactBucket, runId } = buildEnvironment(env, ['artifactBucket', 'runId']);
  return new RunFolder(openStore(env), artifactBucket, runId);
}
