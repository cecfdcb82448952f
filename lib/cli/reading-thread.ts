import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Bytes of a file that is likely to be read by two threads. */
const LARGE = 2 ** 24;

/** Starts the thread that will help to read a file, if that is likely: before anything is known of it. What is wrong with a path is told later. */
export async function startThreadFor(path: string, threads = availableParallelism()): Promise<void> {
  if (threads > 1 && isLargeParquet(path)) (await import('../engines/crew-thread')).startThread();
}

function isLargeParquet(path: string): boolean {
  try {
    return path.toLowerCase().endsWith('.parquet') && statSync(path).size > LARGE;
  } catch {
    return false;
  }
}
