import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from './options';
import { PROJECT, WORK } from './paths';
import type { Contender, Run } from './types';

const TIMEOUT_SECONDS = 3600;

/** No update check, no usage report, no note about versions: nothing that is not the work. */
const QUIET = { GX_ANALYTICS_ENABLED: 'false', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

export interface Measured extends Run {
  readonly stdout: string;
}

/** Somebody stopped the benchmark while a side was running. */
export class Interrupted extends Error {}

interface Usage extends Run {
  readonly code: number;
}

/**
 * Runs one side once, as a whole process.
 *
 * @throws BenchError with the end of its standard error if it fails
 */
export async function measure(contender: Contender): Promise<Measured> {
  const folder = join(WORK, 'runs');
  mkdirSync(folder, { recursive: true });
  const [out, err] = [join(folder, 'stdout'), join(folder, 'stderr')];
  const helper = join(PROJECT, 'bench', 'measure.py');
  const args = ['-I', '-S', helper, out, err, String(TIMEOUT_SECONDS), ...contender.argv];
  const usage = JSON.parse(await run('python3', args)) as Usage;
  if (!(contender.exitCodes ?? [0]).includes(usage.code)) {
    const last = readFileSync(err, 'utf8').trim().split('\n').slice(-3).join(' | ');
    throw new BenchError(`${contender.name} ended with ${usage.code}: ${last || 'no word on standard error'}`);
  }
  const stdout = readFileSync(out, 'utf8');
  return { ...usage, ms: contender.scale?.(usage.ms, stdout) ?? usage.ms, stdout };
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: WORK,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...QUIET },
    });
    let interrupted = false;
    const interrupt = (): void => {
      interrupted = true;
      child.kill('SIGTERM');
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      if (interrupted) reject(new Interrupted('interrupted; the next call goes on with the row that was measured'));
      else if (code === 0) resolve(text);
      else reject(new BenchError(`${command} ${args[2]} ended with ${code}`));
    });
  });
}
