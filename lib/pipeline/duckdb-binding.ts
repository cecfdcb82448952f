import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { PROJECT_ROOT } from '../shared/assay-function';

/** DuckDB's native files for CodeBuild's images. */
export const BINDING_PACKAGE = '@duckdb/node-bindings-linux-x64';
export const BINDING_FILES = ['duckdb.node', 'libduckdb.so'] as const;

/** What package-lock.json says of the package. */
export interface LockedPackage {
  readonly version: string;
  /** `sha512-<base64>` of the package's archive. */
  readonly integrity: string;
}

/** @throws Error when the lock file does not know the package */
export function lockedBinding(root: string = PROJECT_ROOT): LockedPackage {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Partial<LockedPackage> | undefined>>;
  };
  const { version, integrity } = lock.packages[`node_modules/${BINDING_PACKAGE}`] ?? {};
  if (version !== undefined && integrity !== undefined) return { version, integrity };
  throw new Error(`package-lock.json does not pin ${BINDING_PACKAGE}: \`npm install\` writes it again`);
}

/**
 * Folder with the native files: that of node_modules, or on another platform a copy that npm fetches once.
 *
 * @param root folder with node_modules and package-lock.json
 * @throws Error in one line when the package is neither there nor to be had
 */
export function bindingFolder(root: string = PROJECT_ROOT): string {
  const locked = lockedBinding(root);
  const installed = join(root, 'node_modules', BINDING_PACKAGE);
  if (isBinding(installed, locked)) return installed;
  const cached = join(root, 'node_modules', '.cache', 'assay', `duckdb-linux-x64-${locked.version}`);
  if (!isBinding(cached, locked)) fetchBinding(root, cached, locked);
  return cached;
}

function isBinding(folder: string, { version }: LockedPackage): boolean {
  if (!BINDING_FILES.every((file) => existsSync(join(folder, file)))) return false;
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as LockedPackage).version === version;
}

function fetchBinding(root: string, target: string, { version, integrity }: LockedPackage): void {
  const wanted = `${BINDING_PACKAGE}@${version}`;
  mkdirSync(join(target, '..'), { recursive: true });
  // Beside the target, so that it appears there whole or not at all.
  const folder = mkdtempSync(`${target}.`);
  try {
    const archive = join(folder, packed(root, wanted, folder));
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity) {
      throw new Error(`${wanted}: package-lock.json pins ${integrity}, the registry has ${found}`);
    }
    extract({ file: archive, cwd: folder, sync: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(join(folder, 'package'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Name of the archive that npm wrote into `folder`. */
function packed(root: string, wanted: string, folder: string): string {
  const args = ['pack', wanted, '--json', '--loglevel=error', '--pack-destination', folder];
  try {
    const answer = execFileSync('npm', args, {
      cwd: root,
      encoding: 'utf8',
      env: process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [file] = JSON.parse(answer) as readonly { readonly filename: string }[];
    if (file !== undefined) return file.filename;
    throw new Error('npm named no archive');
  } catch (error) {
    const told = String((error as { stderr?: string }).stderr ?? '').match(/^npm error (?!code)(.+)/m)?.[1];
    const why = told ?? (error as Error).message.split('\n')[0];
    throw new Error(
      `the pipeline's builds need ${wanted}, which is not in node_modules here, and npm cannot fetch it: ${why}`,
      { cause: error },
    );
  }
}
