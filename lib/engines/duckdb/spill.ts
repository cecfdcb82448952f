import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `assay-spill-<process id>-…`: the id tells who a forgotten folder belonged to. */
const PREFIX = 'assay-spill-';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface SpillFolder {
  readonly path: string;
  remove(): void;
}

/**
 * A folder for data that does not fit into memory. It goes with its session, with this process, or at the next session's
 * start when this process was killed.
 *
 * @param parent @default the operating system's folder for temporary files
 */
export function openSpillFolder(parent: string = tmpdir()): SpillFolder {
  sweep(parent);
  const path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  open.add(path);
  if (open.size === 1) listen('on');
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      open.delete(path);
      if (open.size === 0) listen('off');
    },
  };
}

const open = new Set<string>();

function removeAll(): void {
  for (const path of open) rmSync(path, { recursive: true, force: true });
}

/** Without another listener the signal ends the process, as it would have without this one. */
function onSignal(signal: NodeJS.Signals): void {
  removeAll();
  listen('off');
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function listen(how: 'on' | 'off'): void {
  process[how]('exit', removeAll);
  for (const signal of SIGNALS) process[how](signal, onSignal);
}

/** Removes what processes left that are no more. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : Number.NaN;
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    // Another user's folder, or one that goes at this very moment, is none of ours.
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {}
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
