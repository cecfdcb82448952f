import type { ModelReading } from '../engines/model/gather';
import { Progress } from '../engines/progress';
import { withScan } from './scan';

/**
 * Reads with a DuckDB that opens while this thread still loads what it will be asked; a terminal sees how far it is, and a signal
 * ends it in order. It is closed before this returns, so that whoever judges after it is ended by a signal at once.
 */
export async function whileReading<T>(read: (reading: ModelReading) => Promise<T>): Promise<T> {
  const { OpeningSession } = await import('../engines/duckdb/opening');
  return withScan(async ({ signal, onProgress }) => {
    const progress = new Progress(onProgress);
    const opening = new OpeningSession({ signal, ...progress.watcher });
    try {
      return await read({ session: opening.session, progress });
    } finally {
      await opening.close();
    }
  });
}
