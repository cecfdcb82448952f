import type { EngineContext } from '../../engine/ports';

/** The part of the context that Python tools need. */
export interface ToolContext extends Pick<EngineContext, 'venv' | 'stateDir' | 'processes' | 'log'> {
  /** Aborted when the engine closes. */
  readonly closing: AbortSignal;
}

/** A command that exited with an error or ran out of time; the message is its last telling line. */
export class CommandError extends Error {}

/** Runs a short-lived helper to its end and resolves with its standard output. Rejects with CommandError. */
export function runCommand(
  context: ToolContext,
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
    let early: string | undefined;
    const end = (why: string) => () => {
      early ??= why;
      context.processes.stop(child).catch(reject);
    };
    const timer = setTimeout(end(`no end within ${timeoutMs / 1000} s`), timeoutMs);
    const onClose = end('the engine stopped');
    context.closing.addEventListener('abort', onClose, { once: true });
    const settle = () => {
      clearTimeout(timer);
      context.closing.removeEventListener('abort', onClose);
    };
    child.once('error', (error) => {
      settle();
      reject(new CommandError(`${command} could not be started: ${error.message}`));
    });
    child.once('close', (code) => {
      settle();
      if (code === 0) resolve(output.stdout);
      else reject(new CommandError(early ?? tellingLine(output.stderr, code)));
    });
  });
}

function tellingLine(stderr: string, code: number | null): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? `exit code ${code}`).trim();
}
