import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ProcessHost } from '../engine/ports';

export interface MetricQuery {
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  /** As CloudWatch names it, e.g. `Sum`, `p90` or `TC(1000:)`. */
  readonly statistic: string;
  /** Seconds since the epoch, from and to; the end is exclusive. */
  readonly windows: readonly (readonly [from: number, to: number])[];
}

export interface MotoServer {
  readonly url: string;
  /** Saves S3, SSM, SNS, SQS, KMS, Secrets Manager, DynamoDB, IAM and logs; the next start finds them again. */
  checkpoint(): Promise<void>;
  /** The statistic in each window, undefined where it has no data. CloudWatch's own API has no windows but its periods. */
  metricStatistics(query: MetricQuery): Promise<readonly (number | undefined)[]>;
  /** Saves the state and stops. */
  stop(): Promise<void>;
}

export interface MotoOptions {
  readonly processes: ProcessHost;
  /** Folder of the Python virtual environment. */
  readonly venv: string;
  readonly stateDir: string;
  /** Twelve digits. */
  readonly account: string;
  /** Shortens the periods in which metrics are answered, as it does the waits of a run. @default 1 */
  readonly timeScale?: number;
  /** @default 60000 */
  readonly startTimeoutMs?: number;
  /** Called once if the emulator ends although nobody stopped it. @default nobody is told */
  readonly onDeath?: (error: Error) => void;
}

/** Time for writing a large state at the end. */
const STOP_GRACE_MS = 60_000;

/** Starts the emulator on a free loopback port. @throws Error with one clear line if it cannot start. */
export async function startMoto(options: MotoOptions): Promise<MotoServer> {
  const child = spawnMoto(options);
  try {
    const port = await readPort(child, options);
    const url = `http://127.0.0.1:${port}`;
    const end = watch(child, options);
    return {
      url,
      checkpoint: async () => {
        await post(`${url}/assay/checkpoint`, {});
      },
      metricStatistics: async (query) => {
        const { values } = (await post(`${url}/assay/metric-statistics`, query)) as {
          values: readonly (number | null)[];
        };
        return values.map((value) => value ?? undefined);
      },
      stop: () => end(),
    };
  } catch (error) {
    await options.processes.stop(child);
    throw error;
  }
}

/** Tells an end that nobody asked for; answers how to ask for it. */
function watch(child: ChildProcess, { processes, stateDir, onDeath }: MotoOptions): () => Promise<void> {
  const log = join(stateDir, 'logs', 'moto.log');
  let stopping = false;
  const gone = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? signal);
      const how = signal ?? `code ${code}`;
      if (!stopping) onDeath?.(new Error(`The AWS emulator ended unexpectedly (${how}); see ${log}.`));
    });
  });
  return async () => {
    // One that died on its own was told already, and has nothing left to save.
    if (child.exitCode !== null || child.signalCode !== null) return;
    stopping = true;
    await processes.stop(child, STOP_GRACE_MS);
    const how = await gone;
    if (how !== 0) throw new Error(`The AWS state could not be saved (${how}); see ${log}.`);
  };
}

function spawnMoto({ processes, venv, stateDir, account, timeScale = 1 }: MotoOptions): ChildProcess {
  mkdirSync(join(stateDir, 'logs'), { recursive: true });
  const log = openSync(join(stateDir, 'logs', 'moto.log'), 'a');
  const state = join(stateDir, 'moto.state');
  const args = [join(__dirname, 'server.py'), '--account', account, '--state', state, '--time-scale', `${timeScale}`];
  const child = processes.spawn(join(venv, 'bin', 'python'), args, {
    name: 'moto',
    stdio: ['ignore', 'pipe', log],
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      PYTHONDONTWRITEBYTECODE: '1',
      MOTO_ACCOUNT_ID: account,
      // moto looks regions up with boto3, which must not read the developer's own profile.
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: 'moto',
      AWS_SECRET_ACCESS_KEY: 'moto',
      S3_IGNORE_SUBDOMAIN_BUCKETNAME: 'true',
    },
  });
  closeSync(log);
  return child;
}

/** The server's first line on stdout is its port or its one-line reason not to start. */
function readPort(child: ChildProcess, { stateDir, venv, startTimeoutMs = 60_000 }: MotoOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const log = join(stateDir, 'logs', 'moto.log');
    const timer = setTimeout(
      () => reject(new Error(`The AWS emulator did not start within ${startTimeoutMs / 1000} s; see ${log}.`)),
      startTimeoutMs,
    );
    const settle = (action: () => void) => {
      clearTimeout(timer);
      action();
    };
    child.once('error', (error) =>
      settle(() =>
        reject(
          new Error(
            `Cannot start the AWS emulator with ${venv}/bin/python (${error.message}); "npm run setup" installs it.`,
            { cause: error },
          ),
        ),
      ),
    );
    child.once('exit', (code) =>
      settle(() => reject(new Error(`The AWS emulator ended with code ${code} while starting; see ${log}.`))),
    );
    if (child.stdout === null) return;
    const lines = createInterface({ input: child.stdout });
    lines.once('line', (line) => {
      const { port, error } = JSON.parse(line) as { port?: number; error?: string };
      settle(() =>
        port === undefined ? reject(new Error(error ?? `The AWS emulator gave no port; see ${log}.`)) : resolve(port),
      );
    });
  });
}

async function post(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw new Error(`The AWS emulator does not answer at ${new URL(url).pathname}.`, { cause: error });
  });
  const answer = (await response.json()) as { error?: string };
  if (!response.ok)
    throw new Error(`The AWS emulator failed at ${new URL(url).pathname}: ${answer.error ?? response.status}`);
  return answer;
}
