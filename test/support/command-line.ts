import type { Command } from 'commander';
import { main } from '../../lib/cli/main';

/** What one call of the command line left: exit code and both streams. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  /** Folder that the command is called in. @default the test's own */
  readonly cwd?: string;
  /** Variables set for this call alone, beside the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Commands that only this project's own command line has. @default none */
  readonly register?: (program: Command) => void;
}

/** Runs `assay ARGS` in this process, through the whole command line, with captured output. */
export async function assay(args: readonly string[], { cwd, env, register }: CallOptions = {}): Promise<Outcome> {
  const before = { env: { ...process.env }, cwd: process.cwd() };
  const text = { out: '', err: '' };
  const capture = (name: 'out' | 'err') => (chunk: unknown) => {
    text[name] += String(chunk);
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(capture('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(capture('err')),
  ];
  Object.assign(process.env, env);
  if (cwd !== undefined) process.chdir(cwd);
  try {
    return { code: await main(args, '1.2.3', register), ...text };
  } finally {
    for (const spy of spies) spy.mockRestore();
    if (cwd !== undefined) process.chdir(before.cwd);
    for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
    Object.assign(process.env, before.env);
    process.exitCode = undefined;
  }
}
