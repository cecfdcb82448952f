import { existsSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';
import { git, gitText, gitTry } from './git';

/** What was pushed. */
export interface Pushed {
  readonly commit: string;
  readonly branch: string;
  /** `head`: the folder's own commit; `snapshot`: a commit made of its files, because they differ from any commit. */
  readonly kind: 'head' | 'snapshot';
  /** Folder that became the repository's root. */
  readonly root: string;
}

interface Order {
  readonly folder: string;
  /** The bare repository. */
  readonly bare: string;
  readonly branch: string;
  /** A folder that never belongs to the source: the engine's own state. */
  readonly excluded: string;
}

const AUTHOR = { GIT_AUTHOR_NAME: 'Assay', GIT_AUTHOR_EMAIL: 'assay@localhost' } as const;
const COMMITTER = { GIT_COMMITTER_NAME: 'Assay', GIT_COMMITTER_EMAIL: 'assay@localhost' } as const;
const BASE = 'refs/assay/base';

/** Puts the state of `folder` onto a branch of the bare repository. The user's repository is only read. */
export async function snapshot(order: Order): Promise<Pushed> {
  if (!existsSync(order.folder) || !statSync(order.folder).isDirectory()) {
    throw new Error(`The folder ${order.folder}, which is to be pushed, does not exist.`);
  }
  const folder = realpathSync(order.folder);
  const root = (await workTreeOf(folder)) ?? folder;
  const excluded = inside(root, order.excluded);
  const head = await gitTry(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: root });
  const tracked = (await workTreeOf(folder)) !== undefined;
  if (!tracked || head === undefined) return commitFiles(order, root, excluded, undefined);
  // Fetched rather than pushed: a push would run the user's hooks.
  const fetch = ['fetch', '--quiet', '--no-tags', '--force', '--update-shallow', '--no-auto-maintenance', root];
  await git([...fetch, `${head}:${BASE}`], { cwd: order.bare });
  const pathspec = ['.', ...excluded.map((path) => `:(exclude,top,literal)${path}`)];
  if ((await gitText(['status', '--porcelain', '--', ...pathspec], { cwd: root })) !== '') {
    return commitFiles(order, root, excluded, head);
  }
  await git(['update-ref', `refs/heads/${order.branch}`, head], { cwd: order.bare });
  return { commit: head, branch: order.branch, kind: 'head', root };
}

/** Top folder of the work tree that `folder` belongs to; a folder that the repository ignores stands for itself. */
async function workTreeOf(folder: string): Promise<string | undefined> {
  const top = await gitTry(['rev-parse', '--show-toplevel'], { cwd: folder });
  if (top === undefined || top === '') return undefined;
  const ignored = await gitTry(['check-ignore', '--quiet', folder], { cwd: top });
  return ignored === undefined ? realpathSync(top) : undefined;
}

/** The excluded folder relative to the root; none if it lies elsewhere. */
function inside(root: string, excluded: string): readonly string[] {
  const way = relative(root, existsSync(excluded) ? realpathSync(excluded) : excluded);
  return way === '' || way.startsWith('..') || isAbsolute(way) ? [] : [way.split(sep).join('/')];
}

/** Commits the files through an index of its own; objects go to the bare repository. */
async function commitFiles(
  order: Order,
  root: string,
  excluded: readonly string[],
  head: string | undefined,
): Promise<Pushed> {
  const { bare, branch } = order;
  const scratch = mkdtempSync(join(tmpdir(), 'assay-index-'));
  const env = {
    GIT_INDEX_FILE: join(scratch, 'index'),
    ...(head === undefined ? { GIT_DIR: bare, GIT_WORK_TREE: root } : { GIT_OBJECT_DIRECTORY: join(bare, 'objects') }),
  };
  try {
    if (head !== undefined) await git(['read-tree', head], { cwd: root, env });
    await git(['add', '--all', '--', '.'], { cwd: root, env });
    // Taken out again rather than excluded above: `git add` refuses a pathspec that names an ignored folder.
    for (const path of excluded) {
      await git(['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', '--', `:(top,literal)${path}`], {
        cwd: root,
        env,
      });
    }
    const tree = await gitText(['write-tree'], { cwd: root, env });
    const ref = `refs/heads/${branch}`;
    const tip = await gitTry(['rev-parse', '--verify', '--quiet', ref], { cwd: bare });
    const parent = head ?? tip;
    const commit = (await sameAsTip(bare, tip, tree, head)) ?? (await commitTree(bare, tree, parent, root));
    await git(['update-ref', ref, commit], { cwd: bare });
    return { commit, branch, kind: 'snapshot', root };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The branch's last snapshot, if nothing changed since: pushing the same files again is the same commit. */
async function sameAsTip(
  bare: string,
  tip: string | undefined,
  tree: string,
  head: string | undefined,
): Promise<string | undefined> {
  if (tip === undefined) return undefined;
  const found = await gitText(['log', '-1', '--format=%T %P', tip], { cwd: bare });
  const [tipTree, parent] = found.split(' ');
  return tipTree === tree && (head === undefined || parent === head) ? tip : undefined;
}

function commitTree(bare: string, tree: string, parent: string | undefined, root: string): Promise<string> {
  const message = parent === undefined ? `Files of ${root}` : `Uncommitted files of ${root}`;
  const parents = parent === undefined ? [] : ['-p', parent];
  return gitText(['commit-tree', tree, ...parents, '-m', message], { cwd: bare, env: { ...AUTHOR, ...COMMITTER } });
}
