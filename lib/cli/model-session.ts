import type { DuckDbSession } from '../engines/duckdb/session';
import { ProgressBar } from './progress-bar';

/**
 * Judges with a DuckDB that opens while this thread still loads what it will be asked; a terminal sees how far it reads. A
 * signal ends all of it at once: what judges does not listen, and leaves nothing behind.
 */
export async function withModelSession<T>(work: (opening: Promise<DuckDbSession>) => Promise<T>): Promise<T> {
  const { closeOnceOpen, openBeside } = await import('../engines/duckdb/opening');
  const bar = new ProgressBar();
  const opening = openBeside(bar.watcher);
  try {
    return await work(opening);
  } finally {
    await closeOnceOpen(opening);
    bar.clear();
  }
}
