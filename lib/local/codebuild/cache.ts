import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { CacheSpec } from './buildspec';
import { findFiles } from './glob';

const run = promisify(execFile);

/** Cache of one project: a folder for each key, `default` when the buildspec names none. */
export class BuildCache {
  constructor(
    private readonly folder: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Copies the cached paths into the source folder; the first of key and fallback keys (prefixes) that exists counts. */
  async restore(spec: CacheSpec, sourceDir: string, keys: CacheKeys): Promise<void> {
    this.#nameMachinePaths(spec);
    if (spec.action === 'save') return;
    const entry = await this.#find(keys);
    if (entry === undefined) return this.log(`Cache: nothing is stored for ${keys.key}`);
    await copyContent(join(entry, 'files'), sourceDir);
    this.log(`Cache: restored ${(await readFile(join(entry, 'key'), 'utf8')).trim()}`);
  }

  /** Stores the paths under the key, in place of what was there. Call after a build that succeeded. */
  async save(spec: CacheSpec, sourceDir: string, keys: CacheKeys): Promise<void> {
    const paths = spec.paths.filter(isWithinSource);
    if (spec.action === 'restore' || paths.length === 0) return;
    const target = join(this.folder, digest(keys.key));
    const fresh = `${target}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(join(fresh, 'files'), { recursive: true });
    await writeFile(join(fresh, 'key'), `${keys.key}\n`);
    for (const path of paths.flatMap((glob) => expand(glob, sourceDir))) {
      await mkdir(dirname(join(fresh, 'files', path)), { recursive: true });
      // The source folder is thrown away after the build, so its files can move.
      await move(join(sourceDir, path), join(fresh, 'files', path));
    }
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
    this.log(`Cache: saved ${keys.key}`);
  }

  #nameMachinePaths(spec: CacheSpec): void {
    for (const path of spec.paths.filter((path) => !isWithinSource(path))) {
      this.log(`Cache: ${path} lies outside the source folder; this machine's own folders stay as they are`);
    }
  }

  async #find(keys: CacheKeys): Promise<string | undefined> {
    const exact = join(this.folder, digest(keys.key));
    if (existsSync(exact)) return exact;
    const entries = existsSync(this.folder) ? await readdir(this.folder) : [];
    const found: { path: string; key: string; time: number }[] = [];
    for (const name of entries.filter((name) => !name.endsWith('.new'))) {
      const path = join(this.folder, name);
      const key = await readFile(join(path, 'key'), 'utf8');
      found.push({ path, key, time: (await stat(join(path, 'key'))).mtimeMs });
    }
    found.sort((a, b) => b.time - a.time);
    for (const prefix of keys.fallback) {
      const match = found.find(({ key }) => key.startsWith(prefix));
      if (match !== undefined) return match.path;
    }
    return undefined;
  }
}

/** Keys after the shell expanded them. */
export interface CacheKeys {
  readonly key: string;
  readonly fallback: readonly string[];
}

const isWithinSource = (path: string): boolean => !isAbsolute(path) && !path.startsWith('~') && !path.startsWith('$');
const digest = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);

/** A whole folder for `folder`, `folder/**` and its kind, else the files that match. */
function expand(glob: string, sourceDir: string): string[] {
  const whole = glob.replace(/^\.\//, '').replace(/(\/\*\*)?(\/\*)?$/, '');
  if (whole !== '' && !/[*?{]/.test(whole)) return existsSync(join(sourceDir, whole)) ? [whole] : [];
  return findFiles(sourceDir, [glob]);
}

/** `cp -a` keeps links and modes and clones blocks where the file system can; Node's own copy does neither. */
async function copyContent(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await run('cp', ['-a', join(from, name), `${to}/`]);
}

/** Cache and source may lie on different file systems. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await run('cp', ['-a', from, to]);
  }
}
