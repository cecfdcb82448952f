import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatOf } from './formats';
import { type ListedFile, listFiles } from './listing';
import { NoSuchFile, TableError } from './table-error';

/** Files of one table on this machine, ready for `openRelation(session, paths, source)`. */
export interface Source {
  /** As the user wrote it. */
  readonly name: string;
  readonly paths: readonly string[];
  /** For people, beside `paths`. */
  readonly names: readonly string[];
  /** Of all files, packed as they are. */
  readonly bytes: number;
  /** Removes what was downloaded. */
  close(): void;
}

export interface Stoppable {
  /** Ends the download, which rejects with the signal's reason. @default nothing does */
  readonly signal?: AbortSignal;
}

/**
 * Finds the files of a table: one file, several, a glob (`data/*.parquet`), a folder, or `s3://bucket/prefix`, whose
 * objects are downloaded into a temporary folder.
 *
 * @throws TableError when there are none, or when they are not of one format
 */
export async function openSource(specs: string | readonly string[], { signal }: Stoppable = {}): Promise<Source> {
  const given = typeof specs === 'string' ? [specs] : specs;
  const files = (await Promise.all(given.map(listFiles))).flat();
  const [first] = files;
  const what = given.join(', ');
  if (first === undefined) throw new NoSuchFile(`${what}: there is no such file`);
  const format = formatOf(first.name);
  const other = files.find(({ name }) => formatOf(name) !== format);
  if (other !== undefined) {
    throw new TableError(`${what}: has ${first.name} and ${other.name}: the files of a table are of one format`);
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const names = files.map(({ name }) => name);
  const common = { name: what, names, bytes };
  if (files.every(({ path }) => path !== undefined)) {
    return { ...common, paths: files.map(({ path }) => path ?? ''), close: () => undefined };
  }
  return { ...common, ...(await download(files, signal)) };
}

async function download(
  files: readonly ListedFile[],
  signal: AbortSignal | undefined,
): Promise<Pick<Source, 'paths' | 'close'>> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-source-'));
  const close = () => {
    process.off('exit', close);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', close);
  try {
    const { fetchObjects } = await import('./s3-objects');
    return { paths: await fetchObjects(files, folder, signal), close };
  } catch (error) {
    close();
    throw error;
  }
}
