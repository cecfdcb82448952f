import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineContext } from '../../engine/ports';

import { type Answer, ContainerClient, type ContainerRequest } from './container-client';
import type { ModelFolders } from './folders';

/** The part of the context that processes need. */
export type ProcessContext = Pick<EngineContext, 'stateDir' | 'processes' | 'awsEnv'>;

export interface ContainerSpec {
  /** Names the process and its log file. */
  readonly name: string;
  readonly folders: ModelFolders;
  readonly python: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Real seconds from start to the first good answer to /ping. */
  readonly startupSeconds: number;
}

export const logFile = (context: Pick<EngineContext, 'stateDir'>, name: string): string =>
  join(context.stateDir, 'logs', 'sagemaker', `${name}.log`);

/** A running serving container. */
export class Container {
  private constructor(
    private readonly context: ProcessContext,
    private readonly child: ChildProcess,
    private readonly client: ContainerClient,
    /** Resolves when the process is gone. */
    readonly exited: Promise<void>,
  ) {}

  /** Starts the process and waits for /ping. Rejects with the reason (the script's own last error) if it never comes. */
  static async start(context: ProcessContext, closing: AbortSignal, spec: ContainerSpec): Promise<Container> {
    closing.throwIfAborted();
    const scratch = mkdtempSync(join(tmpdir(), 'assay-container-'));
    const announced = join(scratch, 'announce.json');
    const child = spawnServer(context, spec, announced);
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const onClose = () => void context.processes.stop(child, 0);
    closing.addEventListener('abort', onClose, { once: true });
    try {
      const client = await awaitServer(child, announced, spec.startupSeconds);
      return new Container(context, child, client, exited);
    } catch (error) {
      await context.processes.stop(child, 5_000);
      throw error;
    } finally {
      closing.removeEventListener('abort', onClose);
      await rm(scratch, { recursive: true, force: true });
    }
  }

  invoke(request: ContainerRequest): Promise<Answer> {
    return this.client.invoke(request);
  }

  /** SIGTERM, then SIGKILL after 30 s, as SageMaker does. */
  async stop(): Promise<void> {
    this.client.close();
    await this.context.processes.stop(this.child, 30_000);
  }
}

function spawnServer(context: ProcessContext, spec: ContainerSpec, announced: string): ChildProcess {
  const log = logFile(context, spec.name);
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  try {
    return context.processes.spawn(spec.python, [join(__dirname, '..', 'container', 'serve.py'), announced], {
      name: spec.name,
      cwd: spec.folders.code,
      stdio: ['ignore', output, output],
      env: containerEnv(context, {
        // Several small servers share the machine: one thread each keeps their latency steady.
        OMP_NUM_THREADS: '1',
        ...spec.environment,
        SM_MODEL_DIR: spec.folders.model,
        SM_CODE_DIR: spec.folders.code,
      }),
    });
  } finally {
    closeSync(output);
  }
}

/** What a container's process is given: the machine's basics, the way to AWS, and its own variables; nothing else leaks in. */
export function containerEnv(context: ProcessContext, own: Readonly<Record<string, string>>): Record<string, string> {
  const machine = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE'];
  const inherited = machine.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), PYTHONUNBUFFERED: '1', ...context.awsEnv, ...own };
}

async function awaitServer(child: ChildProcess, announced: string, seconds: number): Promise<ContainerClient> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = new Error(`the server could not be started: ${error.message}`);
  });
  child.once('exit', (code, signal) => {
    failure ??= new Error(`the server exited (${signal ?? `code ${code}`}) before it answered /ping`);
  });
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const gone = failure;
    const said = await readAnnouncement(announced);
    if (said?.error !== undefined) throw new Error(said.error);
    if (said?.port !== undefined) {
      const client = new ContainerClient(said.port);
      if (await client.ping()) return client;
      client.close();
    }
    if (gone !== undefined) throw gone;
    await sleep(20);
  }
  throw new Error(`no answer to /ping within ${seconds} s of its start`);
}

async function readAnnouncement(file: string): Promise<{ port?: number; error?: string } | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as { port?: number; error?: string });
}
