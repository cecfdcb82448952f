import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';

const PYTHON = join(__dirname, '..', '..', '.venv', 'bin', 'python');

/** Where the files that one process runs find the emulator which the first of them started. */
const PLACE = join(tmpdir(), `assay-moto-${process.pid}`);

interface Server {
  readonly pid: number;
  readonly endpoint: string;
}

export interface Moto {
  readonly endpoint: string;
  /** What SDK clients and child processes need to talk to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly s3: S3Client;
  createBucket(name: string, versioned?: boolean): Promise<void>;
  stop(): Promise<void>;
}

/**
 * An empty AWS emulator on a loopback port; this process's SDK clients are pointed at it. It is one for all files that
 * this process runs, one after the other: to start one takes seconds.
 *
 * @throws Error when `npm run setup` has not installed it, or when it does not answer within 30 s
 */
export async function startMoto(): Promise<Moto> {
  const { endpoint } = running() ?? (await startServer());
  await reset(endpoint);
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  Object.assign(process.env, env);
  const s3 = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1' });
  return {
    endpoint,
    env,
    s3,
    createBucket: async (name, versioned = true) => {
      await s3.send(new CreateBucketCommand({ Bucket: name }));
      if (!versioned) return;
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
    },
    stop: async () => {
      s3.destroy();
      await reset(endpoint);
    },
  };
}

async function reset(endpoint: string): Promise<void> {
  const { ok, status } = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
  if (!ok) throw new Error(`the emulator cannot be emptied: ${status}`);
}

function running(): Server | undefined {
  if (!existsSync(PLACE)) return undefined;
  const server = JSON.parse(readFileSync(PLACE, 'utf8')) as Server;
  try {
    process.kill(server.pid, 0);
    return server;
  } catch {
    // Of a process that had the same number.
    return undefined;
  }
}

/** It ends with this process, however that ends: its standard input closes then. */
async function startServer(): Promise<Server> {
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing: \`npm run setup\` installs it`);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const args = [join(__dirname, 'moto_server.py'), String(port), PLACE];
  const child = spawn(PYTHON, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  await ready(endpoint, child);
  const server = { pid: child.pid ?? 0, endpoint };
  writeFileSync(PLACE, JSON.stringify(server));
  child.unref();
  const { stdin } = child as { stdin: { unref?: () => void } | null };
  stdin?.unref?.();
  return server;
}

async function ready(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
    try {
      if ((await fetch(`${endpoint}/moto-api/`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`moto_server did not answer on ${endpoint} within 30 s`);
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? done(address.port) : fail(address)));
    });
  });
}
