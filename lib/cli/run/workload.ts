import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { lockStateDir, type StateLock } from '../../local/engine/lock';
import { UsageError } from '../../release/environment';

/** What is pushed and how it is synthesized. */
export interface Workload {
  /** Folder with gates.yaml. */
  readonly folder: string;
  /** Folder whose content is pushed: the workload itself, or the repository that holds Assay and the workload. */
  readonly repository: string;
  readonly application: string;
  /** ASSAY_* variables for bin/app.ts; empty for what assay.config.ts says. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The workload of a folder with its own repository. Throws when the folder cannot be one. */
export function ownWorkload(directory: string, name: string | undefined): Workload {
  const folder = resolve(directory);
  if (!existsSync(folder)) throw new UsageError(`--workload: ${folder} does not exist`);
  if (!existsSync(join(folder, 'gates.yaml'))) {
    throw new UsageError(`--workload: ${folder} has no gates.yaml; "assay init" writes a first one`);
  }
  const application = name ?? applicationName(basename(folder));
  return {
    folder,
    repository: folder,
    application,
    environment: { ASSAY_WORKLOAD_DIR: folder, ASSAY_APPLICATION: application },
  };
}

/** The workload that assay.config.ts names, inside this repository. */
export function combinedWorkload(root: string, path: string, application: string): Workload {
  const folder = resolve(root, path);
  if (relative(root, folder).startsWith('..'))
    throw new UsageError(`assay.config.ts: workload.path leaves the repository: ${path}`);
  if (!existsSync(join(folder, 'gates.yaml')))
    throw new UsageError(`assay.config.ts: workload.path: ${path} has no gates.yaml`);
  return { folder, repository: root, application, environment: {} };
}

/** As the application's schema says: SageMaker names end at 63 characters. */
const LONGEST_NAME = 20;

/** A folder's name as an application name: lower-case letters, digits and hyphens, starting with a letter. */
export function applicationName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, '');
  if (name === '')
    throw new UsageError(`no application name can be made of the folder name "${folder}"; give one with --name`);
  return name;
}

/**
 * Claims the folder for this process and this workload.
 * @throws UsageError if it belongs to another workload, Error if another run uses it
 */
export function claimStateFolder(stateDir: string, workload: Workload): StateLock {
  const lock = lockStateDir(stateDir);
  try {
    const file = join(stateDir, 'workload.json');
    const problem = claimState(file, workload);
    if (problem !== undefined) throw new UsageError(problem);
    writeFileSync(file, `${JSON.stringify({ folder: workload.folder })}\n`);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Refuses to mix two workloads of one name: their releases would be compared with each other. */
export function claimState(stateFile: string, workload: Workload): string | undefined {
  if (!existsSync(stateFile)) return undefined;
  const folder = readOwner(stateFile);
  return folder === undefined || folder === workload.folder
    ? undefined
    : `the name "${workload.application}" belongs to the workload in ${folder}; choose another with --name`;
}

/** The folder that a state belongs to; undefined where the file says nothing, e.g. because its write was cut short. */
function readOwner(stateFile: string): string | undefined {
  try {
    const { folder } = JSON.parse(readFileSync(stateFile, 'utf8')) as { readonly folder?: unknown };
    return typeof folder === 'string' ? folder : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
