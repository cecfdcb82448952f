import { setImmediate } from 'node:timers/promises';
import { onInterrupt } from './run/interrupt';

export interface Scan {
  readonly signal: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

const WIDTH = 30;

/** A scan that ends before this is no long one. */
const QUICK_MS = 400;

/**
 * Runs a long scan, with the downloads before it: Ctrl-C ends it in order, so that no temporary file stays behind, and a
 * second Ctrl-C at once; a terminal sees how far it is. Nothing is written where nobody watches.
 */
export async function withScan<T>(work: (scan: Scan) => Promise<T>): Promise<T> {
  const { signal, dispose } = onInterrupt(() => undefined);
  const started = performance.now();
  const watched = process.stderr.isTTY === true;
  let drawn = false;
  const onProgress = (share: number) => {
    if (performance.now() - started < QUICK_MS) return;
    drawn = true;
    const done = Math.round(share * WIDTH);
    process.stderr.write(`\r  ${'█'.repeat(done)}${'░'.repeat(WIDTH - done)} ${Math.round(share * 100)} % `);
  };
  try {
    return await work({ signal, ...(watched ? { onProgress } : {}) });
  } finally {
    // A signal that came while this thread judged is told only now.
    await setImmediate();
    dispose();
    if (drawn) process.stderr.write(`\r${' '.repeat(WIDTH + 10)}\r`);
    // What the work made of being ended, a verdict or an error of its own, is neither.
    signal.throwIfAborted();
  }
}
