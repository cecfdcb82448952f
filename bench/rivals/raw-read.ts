/** Reads a file's bytes and does nothing with them: `raw-read.ts FILE...`. */
import { closeSync, openSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(1024 ** 2);
for (const path of process.argv.slice(2)) {
  const file = openSync(path, 'r');
  while (readSync(file, buffer) > 0);
  closeSync(file);
}
