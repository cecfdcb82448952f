import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig, awsEnvironment } from '../../../lib/local/engine/aws';
import { SystemClock } from '../../../lib/local/engine/clock';
import type { AwsEvent, EngineContext } from '../../../lib/local/engine/ports';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { FileStateStore } from '../../../lib/local/engine/state-store';
import { type Gateway, startGateway } from '../../../lib/local/gateway/gateway';
import type { ServiceHandler } from '../../../lib/local/gateway/service';
import { type MotoServer, startMoto } from '../../../lib/local/moto/moto';
import { MOTO_SERVICES } from '../../../lib/local/moto/services';
import { createSageMaker, type SageMakerService } from '../../../lib/local/sagemaker';

// Real processes on a machine that may be busy with other work.
jest.setTimeout(120_000);

export const VENV = resolve(__dirname, '..', '..', '..', '.venv');
export const BUCKET = 'work';
export const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3';
export const ROLE = 'arn:aws:iam::123456789012:role/sagemaker';

/** A real gateway, emulator and process host around the service under test, in a folder of its own. */
export class TestEngine {
  readonly folder = mkdtempSync(join(tmpdir(), 'assay-sagemaker-'));
  readonly stateDir = join(this.folder, 'state');
  readonly events: AwsEvent[] = [];
  readonly lines: string[] = [];
  readonly processes = new LocalProcessHost();
  private moto: MotoServer | undefined;
  private gateway: Gateway | undefined;
  private service: SageMakerService | undefined;
  private client: S3Client | undefined;
  random: () => number = Math.random;

  /** Starts everything; a second call after `stopService` starts the service again on the same state. */
  async start(): Promise<void> {
    this.moto ??= await startMoto({
      processes: this.processes,
      venv: VENV,
      stateDir: this.folder,
      account: '123456789012',
    });
    this.gateway = await startGateway({ fallbackUrl: this.moto.url, fallbackServices: MOTO_SERVICES });
    this.service = createSageMaker(this.context(), { random: () => this.random() });
    for (const handler of this.service.handlers) this.gateway.register(handler);
    this.client = new S3Client({ ...this.aws(), forcePathStyle: true });
    await this.service.restore();
  }

  /** Puts another service beside it. */
  register(handler: ServiceHandler): void {
    if (this.gateway === undefined) throw new Error('not started');
    this.gateway.register(handler);
  }

  async stopService(): Promise<void> {
    await this.service?.close();
    this.client?.destroy();
    await this.gateway?.close();
  }

  async close(): Promise<void> {
    await this.stopService();
    await this.processes.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** For SDK clients. */
  aws() {
    return awsClientConfig({ region: 'us-east-1', endpointUrl: this.url() });
  }

  url(): string {
    if (this.gateway === undefined) throw new Error('not started');
    return this.gateway.url;
  }

  get providers() {
    if (this.service === undefined) throw new Error('not started');
    return this.service.providers;
  }

  async makeBucket(): Promise<void> {
    await this.client?.send(new CreateBucketCommand({ Bucket: BUCKET }));
  }

  async put(key: string, body: string | Buffer): Promise<string> {
    await this.client?.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
    return `s3://${BUCKET}/${key}`;
  }

  async get(key: string): Promise<Buffer> {
    const answer = await this.client?.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return Buffer.from((await answer?.Body?.transformToByteArray()) ?? []);
  }

  context(): EngineContext {
    return {
      region: 'us-east-1',
      account: '123456789012',
      partition: 'aws',
      endpointUrl: this.url(),
      stateDir: this.stateDir,
      venv: VENV,
      clock: new SystemClock(),
      calendar: { now: () => new Date() },
      processes: this.processes,
      state: new FileStateStore(this.stateDir),
      events: { publish: (event) => this.events.push(event), drain: async () => undefined },
      awsEnv: awsEnvironment('us-east-1', this.url()),
      log: (line) => this.lines.push(line),
    };
  }
}

/** Polls until the probe gives a value. */
export async function eventually<T>(probe: () => Promise<T | undefined> | T | undefined, seconds = 60): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`nothing within ${seconds} s`);
}
