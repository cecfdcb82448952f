import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFromZip, unzip } from '../../../lib/local/codebuild/archive';
import { createGitSources } from '../../../lib/local/codepipeline/sources';
import { scratch, writeFiles } from './harness';

const target = { repository: 'team/churn', branch: 'main' };
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim();

describe('pushing a folder', () => {
  let root: string;
  let folder: string;
  let sources: ReturnType<typeof createGitSources>;
  beforeEach(() => {
    root = scratch();
    folder = join(root, 'work');
    mkdirSync(folder);
    sources = createGitSources({ stateDir: join(folder, '.assay') });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const committed = (files: Record<string, string>): string => {
    writeFiles(folder, files);
    git(folder, 'init', '--quiet', '--initial-branch=trunk');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '-m', 'first line\n\nbody');
    return git(folder, 'rev-parse', 'HEAD');
  };
  const files = async (commit: string): Promise<string[]> => {
    const to = join(root, `out-${commit}`);
    await unzip(await sources.archive(target.repository, commit), to);
    return (readdirSync(to, { recursive: true }) as string[]).filter((path) => !path.startsWith('.git/')).sort();
  };

  test('a clean work tree pushes its own commit, and runs no hook', async () => {
    const head = committed({ 'a.txt': 'a' });
    writeFiles(folder, { '.git/hooks/pre-push': '#!/bin/sh\ntouch hook-ran\nexit 1\n' });
    chmodSync(join(folder, '.git/hooks/pre-push'), 0o755);
    const pushed = await sources.snapshotWorkTree(folder, target);
    expect(pushed).toMatchObject({ commit: head, kind: 'head' });
    expect(await sources.commit('team/churn', 'main')).toMatchObject({
      id: head,
      message: 'first line\n\nbody',
      branch: 'main',
    });
    expect(existsSync(join(folder, 'hook-ran'))).toBe(false);
  });

  test('changes become a snapshot on top of HEAD; the user’s repository, index and refs stay as they are', async () => {
    const head = committed({ 'a.txt': 'a', 'gone.txt': 'g', '.gitignore': '*.log\n' });
    writeFiles(folder, { 'a.txt': 'changed', 'new.txt': 'n', 'x.log': 'l', 'staged.txt': 's' });
    git(folder, 'add', 'staged.txt');
    rmSync(join(folder, 'gone.txt'));
    const before = [
      git(folder, 'status', '--porcelain', '--', ':!.assay'),
      git(folder, 'for-each-ref'),
      git(folder, 'count-objects'),
    ];
    const index = readFileSync(join(folder, '.git/index'));
    const pushed = await sources.snapshotWorkTree(folder, target);
    expect(pushed.kind).toBe('snapshot');
    expect(await files(pushed.commit)).toEqual(['.gitignore', 'a.txt', 'new.txt', 'staged.txt']);
    expect(await readFromZip(await sources.archive('team/churn', pushed.commit), 'a.txt')).toBe('changed');
    expect(git(join(folder, '.assay/git/team/churn.git'), 'rev-parse', `${pushed.commit}^`)).toBe(head);
    expect(readFileSync(join(folder, '.git/index'))).toEqual(index);
    expect([
      git(folder, 'status', '--porcelain', '--', ':!.assay'),
      git(folder, 'for-each-ref'),
      git(folder, 'count-objects'),
    ]).toEqual(before);
    expect((await sources.snapshotWorkTree(folder, target)).commit).toBe(pushed.commit);
  });

  test('a folder without Git is pushed as it is, without the engine’s state, respecting .gitignore', async () => {
    writeFiles(folder, {
      'gates.yaml': 'x',
      'src/m.py': 'y',
      '.gitignore': 'data/\n',
      'data/big.csv': 'z',
      'run.sh': '#!/bin/sh\n',
    });
    chmodSync(join(folder, 'run.sh'), 0o755);
    const first = await sources.snapshotWorkTree(folder, target);
    expect(await files(first.commit)).toEqual(['.gitignore', 'gates.yaml', 'run.sh', 'src', 'src/m.py']);
    expect(existsSync(join(folder, '.git'))).toBe(false);
    writeFileSync(join(folder, 'gates.yaml'), 'changed');
    const second = await sources.snapshotWorkTree(folder, target);
    expect(git(join(folder, '.assay/git/team/churn.git'), 'rev-parse', `${second.commit}^`)).toBe(first.commit);
  });

  test('a shallow clone and a repository without commits work', async () => {
    const origin = join(root, 'origin');
    mkdirSync(origin);
    git(origin, 'init', '--quiet');
    for (const n of ['1', '2']) {
      writeFiles(origin, { 'n.txt': n });
      git(origin, 'add', '--all');
      git(origin, 'commit', '--quiet', '-m', n);
    }
    const clone = join(root, 'clone');
    git(root, 'clone', '--quiet', '--depth=1', `file://${origin}`, clone);
    const shallow = await sources.snapshotWorkTree(clone, target);
    expect(shallow.kind).toBe('head');
    writeFiles(clone, { 'more.txt': 'm' });
    expect(await files((await sources.snapshotWorkTree(clone, target)).commit)).toEqual(['more.txt', 'n.txt']);
    git(folder, 'init', '--quiet');
    writeFiles(folder, { 'only.txt': 'o' });
    expect(await files((await sources.snapshotWorkTree(folder, target)).commit)).toEqual(['only.txt']);
  });

  test('a subfolder pushes the whole repository; an ignored folder stands for itself', async () => {
    committed({ '.gitignore': 'tmp/\n', 'examples/churn/gates.yaml': 'g', 'package.json': '{}' });
    const whole = await sources.snapshotWorkTree(join(folder, 'examples/churn'), target);
    expect(await files(whole.commit)).toContain('package.json');
    writeFiles(folder, { 'tmp/telco/gates.yaml': 'g' });
    const alone = await sources.snapshotWorkTree(join(folder, 'tmp/telco'), {
      repository: 'team/telco',
      branch: 'main',
    });
    expect(alone.root.endsWith('tmp/telco')).toBe(true);
    expect(await readFromZip(await sources.archive('team/telco', alone.commit), 'gates.yaml')).toBe('g');
  });

  test('attributes for archives do not change the source', async () => {
    committed({ '.gitattributes': 'secret.txt export-ignore\n', 'secret.txt': 's' });
    const { commit } = await sources.snapshotWorkTree(folder, target);
    expect(await files(commit)).toContain('secret.txt');
  });

  test('errors say what is there', async () => {
    await expect(sources.commit('team/none', 'main')).rejects.toThrow(
      'The repository team/none has no branch main: nothing was pushed to it.',
    );
    committed({ 'a.txt': 'a' });
    await sources.snapshotWorkTree(folder, target);
    await expect(sources.commit('team/churn', 'dev')).rejects.toThrow(
      'The repository team/churn has no branch dev: its branches are main.',
    );
    await expect(sources.snapshotWorkTree(join(root, 'absent'), target)).rejects.toThrow('does not exist');
    await expect(sources.snapshotWorkTree(folder, { repository: '../x', branch: 'main' })).rejects.toThrow(
      'is no repository name',
    );
    const path = process.env.PATH;
    process.env.PATH = '/nonexistent';
    await expect(sources.snapshotWorkTree(folder, target)).rejects.toThrow('Git was not found');
    process.env.PATH = path;
  });
});
