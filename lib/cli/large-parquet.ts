import { statSync } from 'node:fs';

/** Bytes of a file that is likely to be read by two threads. */
const LARGE = 2 ** 24;

/** Whether a thread that helps to read a file is worth starting before anything is known of it. A hint: what is wrong with a path is told later. */
export function isLargeParquet(path: string): boolean {
  try {
    return path.toLowerCase().endsWith('.parquet') && statSync(path).size > LARGE;
  } catch {
    return false;
  }
}
