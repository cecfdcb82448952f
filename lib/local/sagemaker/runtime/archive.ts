import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar';

/** Files below a folder, as sorted relative paths with `/`. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split('\\').join('/'))
    .sort();
}

/** The same files give the same bytes: sorted names, no owner, no time stamps. */
export async function packFolder(folder: string, file: string): Promise<void> {
  const files = await filesIn(folder);
  const options = { cwd: folder, file, gzip: true, portable: true, mtime: new Date(0) };
  await tar.create(options, files.length > 0 ? [...files] : ['.']);
}

/** Unpacks a .tar.gz; `what` names it in the error. Paths that lead outside of the folder are refused. */
export async function unpack(file: string, folder: string, what: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  try {
    await pipeline(createReadStream(file), tar.extract({ cwd: folder, strict: true }));
  } catch (error) {
    throw new Error(`${what} is not a readable .tar.gz: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
