import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineContext } from '../engine/ports';
import { git, gitText, gitTry } from './git';
import { type Pushed, snapshot } from './snapshot';

/** A commit at the head of a branch. */
export interface Commit {
  readonly id: string;
  readonly branch: string;
  readonly message: string;
  /** ISO 8601. */
  readonly authorDate: string;
}

/** The Git hosting service of one machine: a bare repository for each full repository name. */
export interface GitSources {
  /**
   * Pushes the state of a folder to a branch of a repository. A clean Git work tree pushes its HEAD; changes and folders
   * without Git become a snapshot commit. The folder's own repository is not touched. A subfolder of a work tree pushes
   * the whole repository.
   */
  snapshotWorkTree(folder: string, target: { readonly repository: string; readonly branch: string }): Promise<Pushed>;
  /** Head of a branch. Rejects if nothing was pushed to it. */
  commit(repository: string, branch: string): Promise<Commit>;
  /** Zip of the files at a commit. */
  archive(repository: string, commit: string): Promise<Buffer>;
}

export type { Pushed } from './snapshot';

const REPOSITORY = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;

/** Repositories under `<stateDir>/git`. */
export function createGitSources(context: Pick<EngineContext, 'stateDir'>): GitSources {
  const root = join(context.stateDir, 'git');
  const path = (repository: string): string => {
    if (REPOSITORY.test(repository) && !repository.includes('..')) return join(root, `${repository}.git`);
    throw new Error(`"${repository}" is no repository name; expected is owner/name, made of letters, digits and . _ -`);
  };
  return {
    snapshotWorkTree: async (folder, { repository, branch }) => {
      const bare = path(repository);
      await ensureBare(bare);
      return snapshot({ folder, bare, branch, excluded: context.stateDir });
    },
    commit: (repository, branch) => head(path(repository), repository, branch),
    archive: (repository, commit) => git(['archive', '--format=zip', commit], { cwd: path(repository) }),
  };
}

async function ensureBare(bare: string): Promise<void> {
  if (existsSync(join(bare, 'HEAD'))) return;
  mkdirSync(bare, { recursive: true });
  await git(['init', '--bare', '--quiet', '.'], { cwd: bare });
  // A source action delivers every file as it is, whatever .gitattributes say about archives.
  mkdirSync(join(bare, 'info'), { recursive: true });
  writeFileSync(join(bare, 'info', 'attributes'), '* -export-ignore -export-subst\n');
}

async function head(bare: string, repository: string, branch: string): Promise<Commit> {
  const ref = `refs/heads/${branch}`;
  const format = '--format=%H%x00%aI%x00%B';
  const found = existsSync(bare) ? await gitTry(['log', '-1', format, ref, '--'], { cwd: bare }) : undefined;
  const [id, authorDate, message] = found?.split('\0') ?? [];
  if (id !== undefined && authorDate !== undefined && message !== undefined) {
    return { id, authorDate, message: message.trim(), branch };
  }
  const branches = existsSync(bare)
    ? await gitText(['for-each-ref', '--format=%(refname:short)', 'refs/heads'], { cwd: bare })
    : '';
  const known = branches === '' ? 'nothing was pushed to it' : `its branches are ${branches.split('\n').join(', ')}`;
  throw new Error(`The repository ${repository} has no branch ${branch}: ${known}.`);
}
