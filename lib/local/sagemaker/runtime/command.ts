import type { EngineContext } from '../../engine/ports';

/** A command that exited with an error or ran out of time; the message is its last telling line. */
export class CommandError extends Error {}

/** Runs a short-lived helper to its end and resolves with its standard output. Rejects with CommandError. */
export function runCommand(
  context: EngineContext,
  command: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = context.processes.spawn(command, args, { name: 'python-tool', stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      output.stderr = `${output.stderr}${chunk.toString()}`.slice(-20_000);
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      context.processes.stop(child).catch(reject);
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new CommandError(`${command} could not be started: ${error.message}`));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(output.stdout);
      else reject(new CommandError(late ? `no end within ${timeoutMs / 1000} s` : tellingLine(output.stderr, code)));
    });
  });
}

function tellingLine(stderr: string, code: number | null): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? `exit code ${code}`).trim();
}
