import { setImmediate } from 'node:timers/promises';
import { ProgressBar } from './progress-bar';
import { onInterrupt } from './run/interrupt';

export interface Scan {
  readonly signal: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

/**
 * Runs a long scan, with the downloads before it: Ctrl-C ends it in order, so that no temporary file stays behind, and a
 * second Ctrl-C at once; a terminal sees how far it is. Nothing is written where nobody watches.
 */
export async function withScan<T>(work: (scan: Scan) => Promise<T>): Promise<T> {
  const { signal, dispose } = onInterrupt(() => undefined);
  const bar = new ProgressBar();
  try {
    return await work({ signal, ...bar.watcher });
  } finally {
    // A signal that came while this thread judged is told only now.
    await setImmediate();
    dispose();
    bar.clear();
    // What the work made of being ended, a verdict or an error of its own, is neither.
    signal.throwIfAborted();
  }
}
