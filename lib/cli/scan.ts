import { Stopped } from './exit';

export interface Scan {
  readonly signal: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

const WIDTH = 30;

/**
 * Runs a long scan: Ctrl-C ends it, and a terminal sees how far it is. Nothing is written where nobody watches.
 */
export async function withScan<T>(work: (scan: Scan) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(new Stopped('stopped by Ctrl-C', 130));
  process.once('SIGINT', stop);
  const watched = process.stderr.isTTY === true;
  let drawn = false;
  const onProgress = (share: number) => {
    drawn = true;
    const done = Math.round(share * WIDTH);
    process.stderr.write(`\r  ${'█'.repeat(done)}${'░'.repeat(WIDTH - done)} ${Math.round(share * 100)} % `);
  };
  try {
    return await work({ signal: controller.signal, ...(watched ? { onProgress } : {}) });
  } finally {
    process.off('SIGINT', stop);
    if (drawn) process.stderr.write(`\r${' '.repeat(WIDTH + 10)}\r`);
  }
}
