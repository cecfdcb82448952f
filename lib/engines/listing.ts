import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { globFiles, hasMagic } from './glob';
import { NoSuchFile } from './table-error';

/** A file of a table, here or in S3. */
export interface ListedFile {
  /** For people: the path as given, or the address. */
  readonly name: string;
  readonly bytes: number;
  /** Absent for an object in S3. */
  readonly path?: string;
}

/**
 * The files that a user means by a path, a glob, a folder or an `s3://` prefix, sorted by name. In folders and under
 * prefixes, names that begin with `.` or `_` (`_SUCCESS`) are no data.
 *
 * @throws TableError when there is none
 */
export async function listFiles(spec: string): Promise<readonly ListedFile[]> {
  if (spec.startsWith('s3://')) {
    const { listObjects } = await import('./s3-objects');
    return listObjects(spec);
  }
  const found = statSync(spec, { throwIfNoEntry: false });
  if (found?.isFile() === true) return [{ name: spec, path: spec, bytes: found.size }];
  const paths = found?.isDirectory() === true ? folderFiles(spec) : hasMagic(spec) ? globFiles(spec) : [];
  if (paths.length === 0) {
    const why = found?.isDirectory() === true ? 'the folder has no files' : `there is no such file`;
    throw new NoSuchFile(`${spec}: ${hasMagic(spec) && found === undefined ? 'no file matches' : why}`);
  }
  return paths.map((path) => ({ name: path, path, bytes: statSync(path).size }));
}

/** True for a file that tables are made of, not one that a writer leaves beside them. */
export const isData = (path: string): boolean => !/^[._]/.test(basename(path));

const folderFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && isData(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
