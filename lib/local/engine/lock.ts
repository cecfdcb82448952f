import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockHolder {
  readonly pid: number;
  readonly since: string;
}

export interface StateLock {
  release(): void;
}

/**
 * Claims a state folder for this process. A lock of a process that no longer exists is taken over.
 * @throws Error naming process and time when another engine holds the folder.
 */
export function lockStateDir(stateDir: string): StateLock {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'engine.lock');
  const claim = `${file}.${process.pid}`;
  writeFileSync(claim, JSON.stringify({ pid: process.pid, since: new Date().toISOString() } satisfies LockHolder));
  try {
    // link() fails if the lock exists and, unlike open('wx'), never shows a half-written one.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (tryLink(claim, file)) return { release: () => release(file) };
      const holder = readHolder(file);
      if (holder !== undefined && isAlive(holder.pid)) throw new Error(busy(stateDir, file, holder));
      removeStale(file, holder);
    }
    throw new Error(`Could not claim ${file}: other engines keep taking it. Try again.`);
  } finally {
    rmSync(claim, { force: true });
  }
}

function busy(stateDir: string, file: string, { pid, since }: LockHolder): string {
  return `Another run (process ${pid}, since ${since}) uses ${stateDir}. Wait for it or stop it; if that process is not Assay, delete ${file}.`;
}

function tryLink(claim: string, file: string): boolean {
  try {
    linkSync(claim, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined if the lock vanished meanwhile or holds no process id. */
function readHolder(file: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Partial<LockHolder>;
    return Number.isInteger(holder.pid) ? { pid: Number(holder.pid), since: String(holder.since) } : undefined;
  } catch {
    return undefined;
  }
}

/** Moves the stale lock aside; if a third engine replaced it in between, its lock is put back. */
function removeStale(file: string, stale: LockHolder | undefined): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== undefined && moved.pid !== stale?.pid) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function release(file: string): void {
  if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
}
