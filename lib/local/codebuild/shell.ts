import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ProcessHost } from '../engine/ports';

/**
 * Reads paths of command files from its input, sources each in this one shell, saves environment and folder, and
 * reports the exit status on descriptor 3. Its own steps write errors to /dev/null, which also hides them from `set -x`.
 */
const DRIVER = `
exec 2>&1
if [ -f "$1/env.sh" ]; then . "$1/env.sh"; cd "$(cat "$1/dir")"; fi
__assay_state=$1; set --
trap '{ export -p >"$__assay_state/env.sh"; pwd >"$__assay_state/dir"; } 2>/dev/null' EXIT
while { IFS= read -r __assay_command; } 2>/dev/null; do
  . "$__assay_command" </dev/null 3>&-
  { __assay_status=$?; export -p >"$__assay_state/env.sh"; pwd >"$__assay_state/dir"; echo "$__assay_status" >&3; } 2>/dev/null
done
`;

export interface ShellOptions {
  readonly shell: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder of its own for command files and the saved state; removed by `close`. */
  readonly stateDir: string;
  readonly name: string;
  onLine(line: string): void;
}

/**
 * One shell for all commands of a build: `cd`, variables and functions persist. A command that ends the shell itself
 * (`exit 3`, `set -e`) has that exit status; the next one gets a new shell with the same environment and folder.
 */
export class BuildShell {
  #child: ChildProcess | undefined;
  #waiting: ((status: number) => void) | undefined;
  #rest = '';
  #count = 0;

  constructor(
    private readonly processes: ProcessHost,
    private readonly options: ShellOptions,
  ) {
    mkdirSync(options.stateDir, { recursive: true });
  }

  /** Runs one item of a command list and answers its exit status. Rejects with the signal's reason when aborted. */
  async run(command: string, signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const path = join(this.options.stateDir, `command-${++this.#count}.sh`);
    writeFileSync(path, `${command}\n`);
    this.#child ??= this.#start();
    const child = this.#child;
    const status = await new Promise<number>((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting = (value) => {
        signal.removeEventListener('abort', abort);
        resolve(value);
      };
      child.stdin?.write(`${path}\n`);
    });
    // What the command wrote lies in the pipe by now; one turn of the event loop reads it.
    await setImmediate();
    this.#flush();
    return status;
  }

  /** Ends the shell and everything it started. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined) await this.processes.stop(child, 2000);
    rmSync(this.options.stateDir, { recursive: true, force: true });
  }

  #start(): ChildProcess {
    const { shell, cwd, env, name, stateDir } = this.options;
    const child = this.processes.spawn(shell, ['-c', DRIVER, shell, stateDir], {
      name,
      // A restarted shell changes to the saved folder itself, since that may be gone.
      cwd: existsSync(cwd) ? cwd : stateDir,
      env,
      stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
    });
    child.stdin?.on('error', () => undefined); // EPIPE: the shell ended; `exit` below tells with which status
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    const results = child.stdio[3] as Readable;
    let digits = '';
    results.setEncoding('utf8').on('data', (text: string) => {
      digits += text;
      if (digits.endsWith('\n')) this.#settle(Number(digits));
      if (digits.endsWith('\n')) digits = '';
    });
    child.once('error', (error) => {
      this.options.onLine(`${shell} could not be started: ${error.message}`);
      this.#settle(127);
    });
    child.once('exit', (code, killed) => {
      if (this.#child === child) this.#child = undefined;
      this.#settle(code ?? 128 + constants.signals[killed ?? 'SIGKILL']);
    });
    return child;
  }

  #settle(status: number): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(status);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.options.onLine(line);
  }

  #flush(): void {
    if (this.#rest !== '') this.options.onLine(this.#rest);
    this.#rest = '';
  }
}
