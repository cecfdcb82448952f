import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDbSession, type SessionOptions } from './session';

/** A DuckDB that opens on threads of its own, while this one reads what will be asked of it. */
export class OpeningSession {
  readonly spillFolder = mkdtempSync(join(tmpdir(), 'assay-scan-'));
  readonly session: Promise<DuckDbSession>;
  private closing: Promise<void> | undefined;

  constructor(options: SessionOptions = {}) {
    this.session = DuckDbSession.open({ ...options, spillFolder: this.spillFolder });
    // Whoever asks for it is told; until then nobody listens.
    this.session.catch(() => undefined);
  }

  /** Waits until it is open, if it ever is, and closes it; again does nothing. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const [opened] = await Promise.allSettled([this.session]);
    if (opened.status === 'fulfilled') opened.value.close();
    rmSync(this.spillFolder, { recursive: true, force: true });
  }
}
