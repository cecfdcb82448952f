import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ProcessHost } from './ports';

const DEFAULT_GRACE_MS = 5_000;

/**
 * Starts each child as the leader of its own process group, so that whatever it starts is stopped with it.
 * A watchdog process kills the groups when the engine dies without closing (see watchdog.cjs).
 */
export class LocalProcessHost implements ProcessHost {
  private readonly running = new Map<ChildProcess, Promise<void>>();
  private watchdog: ChildProcess | undefined;
  private closed = false;

  spawn(command: string, args: readonly string[], options: SpawnOptions & { readonly name: string }): ChildProcess {
    const { name, ...spawnOptions } = options;
    if (this.closed) throw new Error(`Cannot start ${name}: the engine is stopping.`);
    const watchdog = this.guard();
    const child = spawn(command, args, { ...spawnOptions, detached: true });
    const { pid } = child;
    // Without a pid the program could not be started; Node then emits `error` to the caller.
    if (pid === undefined) return child;
    // A pipe takes such a short line at once, so the child is unguarded only between these two statements.
    watchdog.stdin?.write(`+${pid}\n`);
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => {
        // What the child left running in its group (a build's background process) ends with it.
        signalGroup(pid, 'SIGKILL');
        watchdog.stdin?.write(`-${pid}\n`);
        this.running.delete(child);
        resolve();
      });
    });
    this.running.set(child, gone);
    return child;
  }

  async stop(child: ChildProcess, graceMs: number = DEFAULT_GRACE_MS): Promise<void> {
    const gone = this.running.get(child);
    const { pid } = child;
    if (gone === undefined || pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
    await gone;
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.running.keys()].map((child) => this.stop(child)));
    const watchdog = this.watchdog;
    this.watchdog = undefined;
    if (watchdog?.pid === undefined || watchdog.exitCode !== null || watchdog.signalCode !== null) return;
    const gone = new Promise((resolve) => watchdog.once('exit', resolve));
    watchdog.ref();
    watchdog.stdin?.end();
    await gone;
  }

  private guard(): ChildProcess {
    if (this.watchdog !== undefined) return this.watchdog;
    const watchdog = spawn(process.execPath, [join(__dirname, 'watchdog.cjs')], {
      detached: true,
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    watchdog.once('error', () => {
      // Without a watchdog, close() still stops every child.
    });
    watchdog.stdin?.on('error', () => {
      // The pipe breaks only if somebody killed the watchdog; close() still stops every child.
    });
    watchdog.unref();
    if (watchdog.stdin !== null && 'unref' in watchdog.stdin && typeof watchdog.stdin.unref === 'function')
      watchdog.stdin.unref();
    this.watchdog = watchdog;
    return watchdog;
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // macOS answers EPERM, not ESRCH, for a group of which only an unreaped leader is left.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
