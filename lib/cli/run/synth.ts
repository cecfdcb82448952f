import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface SynthOptions {
  /** Folder of this project: cdk.json and bin/app.ts. */
  readonly root: string;
  /** Where the cloud assembly goes; inside the project, so that two syntheses are byte-identical. */
  readonly output: string;
  /** What bin/app.ts reads: ASSAY_* variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Synthesizes the app with the CDK's own command line. Rejects with the last lines of its output. */
export function synthesize({ root, output, environment, signal }: SynthOptions): Promise<void> {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(dirname(output), { recursive: true });
  const args = [cdkCommand(root), 'synth', '--quiet', '--no-notices', '--output', output];
  const env = { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_VALIDATION: 'false', ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    const lines: string[] = [];
    const collect = (chunk: Buffer) => lines.push(chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`cdk synth ended with ${code}:\n${lines.join('').trimEnd().split('\n').slice(-25).join('\n')}`),
        );
    });
  });
}

function cdkCommand(root: string): string {
  const folder = join(root, 'node_modules', 'aws-cdk');
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: { cdk: string } };
  return join(folder, bin.cdk);
}
