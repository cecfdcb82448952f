import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Header, Pack, ReadEntry } from 'tar';

/** What never travels with a release: tests, caches, version control, other environments. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'tests',
  '__pycache__',
  'node_modules',
  'venv',
  'cdk.out',
  'htmlcov',
  'coverage.xml',
]);

const isLeftOut = (name: string): boolean =>
  LEFT_OUT.has(name) || name.startsWith('.') || name.endsWith('.pyc') || name.endsWith('.egg-info');

/**
 * Paths of the workload's files that belong to a release, sorted, relative to the folder. Hidden files, tests, caches and
 * the dataset are left out.
 *
 * @param dataset folder of the dataset, relative
 */
export function releaseFiles(folder: string, dataset: string): readonly string[] {
  const without = dataset.replace(/^\.\//, '').replace(/\/$/, '');
  const walk = (relative: string): readonly string[] =>
    readdirSync(join(folder, relative), { withFileTypes: true }).flatMap((entry) => {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (isLeftOut(entry.name) || path === without) return [];
      if (entry.isDirectory()) return walk(path);
      return entry.isFile() ? [path] : [];
    });
  return [...walk('')].sort();
}

export interface SourceArchive {
  readonly content: Buffer;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly files: readonly string[];
}

/**
 * `sourcedir.tar.gz`: equal files give equal bytes, whoever packs them and when.
 *
 * @param added files that are not the workload's: path → text
 */
export async function archiveSource(
  folder: string,
  dataset: string,
  omit: readonly string[],
  added: Readonly<Record<string, string>> = {},
): Promise<SourceArchive> {
  const files = releaseFiles(folder, dataset).filter((path) => !omit.includes(path) && !(path in added));
  const pack = new Pack({
    cwd: folder,
    gzip: { level: 9 },
    portable: true,
    noMtime: true,
    noDirRecurse: true,
    strict: true,
  });
  for (const path of files) pack.add(`./${path}`);
  for (const [path, text] of Object.entries(added)) addText(pack, path, text);
  pack.end();
  const content = await buffer(pack as unknown as AsyncIterable<Buffer>);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { content, sha256, files: [...files, ...Object.keys(added)] };
}

function addText(pack: Pack, path: string, text: string): void {
  const content = Buffer.from(text);
  const entry = new ReadEntry(new Header({ path: `./${path}`, type: 'File', mode: 0o644, size: content.length }));
  pack.add(entry);
  entry.end(content);
}
