import type { SpawnOptions } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProcessHost } from '../../local/engine/ports';

export interface SynthOptions {
  /** Folder of this project: cdk.json and bin/app.ts. */
  readonly root: string;
  /** Where the cloud assembly goes; inside the project, so that two syntheses are byte-identical. */
  readonly output: string;
  /** What bin/app.ts reads: ASSAY_* variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the CDK and the app with this process, however it ends. */
  readonly processes: ProcessHost;
  readonly signal: AbortSignal;
}

/** Nothing is lost with an unfinished assembly. */
const GRACE_MS = 500;

/** Synthesizes the app with the CDK's own command line. Rejects with the last lines of its output, or the signal's reason. */
export async function synthesize({ root, output, environment, processes, signal }: SynthOptions): Promise<void> {
  signal.throwIfAborted();
  rmSync(output, { recursive: true, force: true });
  mkdirSync(dirname(output), { recursive: true });
  const args = [cdkCommand(root), 'synth', '--quiet', '--no-notices', '--output', output];
  const env = { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_VALIDATION: 'false', ...environment };
  return new Promise((resolve, reject) => {
    const stdio: SpawnOptions['stdio'] = ['ignore', 'pipe', 'pipe'];
    const child = processes.spawn(process.execPath, args, { name: 'cdk synth', cwd: root, env, stdio });
    const lines: string[] = [];
    const collect = (chunk: Buffer) => lines.push(chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const stop = () => void processes.stop(child, GRACE_MS);
    signal.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (code === 0) resolve();
      else reject(new Error(synthFailure(lines.join(''), code)));
    });
  });
}

function cdkCommand(root: string): string {
  const folder = join(root, 'node_modules', 'aws-cdk');
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: { cdk: string } };
  return join(folder, bin.cdk);
}

/** Why a synthesis failed: the error itself without its stack trace, else the last lines of the output. */
export function synthFailure(output: string, code: number | null): string {
  const lines = output.trimEnd().split('\n');
  const thrown = lines.find((line) => /^\w*Error: /.test(line));
  return thrown === undefined
    ? `cdk synth ended with ${code}:\n${lines.slice(-25).join('\n')}`
    : `cdk synth failed: ${thrown}`;
}
