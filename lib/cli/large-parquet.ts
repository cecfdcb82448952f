import { statSync } from 'node:fs';

/** Bytes of a file that is likely to be read by two threads. */
const LARGE = 2 ** 24;

/** Whether a thread that helps to read a file is worth starting before anything is known of it. */
export const isLargeParquet = (path: string): boolean =>
  path.toLowerCase().endsWith('.parquet') && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGE;
