import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDbSession, type SessionOptions } from './session';

/** Opens on threads of its own, while this one reads what will be asked of it. Whoever awaits it is told of an error. */
export function openBeside(options?: SessionOptions): Promise<DuckDbSession> {
  const session = DuckDbSession.open(options);
  // Until then nobody listens.
  session.catch(() => undefined);
  return session;
}

/** Waits until a session is open, if it ever is, and closes it. */
export async function closeOnceOpen(session: Promise<DuckDbSession>): Promise<void> {
  const [opened] = await Promise.allSettled([session]);
  if (opened.status === 'fulfilled') opened.value.close();
}

/** A DuckDB that opens beside this thread, and a folder that goes with it. */
export class OpeningSession {
  readonly spillFolder = mkdtempSync(join(tmpdir(), 'assay-scan-'));
  readonly session: Promise<DuckDbSession>;
  private closing: Promise<void> | undefined;

  constructor(options: SessionOptions = {}) {
    this.session = openBeside({ ...options, spillFolder: this.spillFolder });
  }

  /** Waits until it is open, if it ever is, and closes it; again does nothing. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await closeOnceOpen(this.session);
    rmSync(this.spillFolder, { recursive: true, force: true });
  }
}
