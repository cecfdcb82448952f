import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { archiveSource, releaseFiles } from '../../lib/release/archive';
import { tinyWorkload, writeFiles } from '../support/workload';

const folders: string[] = [];
const keep = (folder: string): string => {
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const workload = keep(
  tinyWorkload({
    'tests/unit/test_a.py': '',
    '__pycache__/train.cpython-311.pyc': '',
    'src/tiny/__pycache__/x.pyc': '',
    '.git/HEAD': 'ref',
    '.venv/bin/python': '',
    'src/tiny.egg-info/PKG-INFO': '',
    '@odd.txt': 'x',
  }),
);

test('tests, caches, version control and the dataset stay behind', () => {
  expect(releaseFiles(workload, 'golden')).toEqual([
    '@odd.txt',
    'gates.yaml',
    'inference.py',
    'requirements.txt',
    'src/tiny/__init__.py',
    'train.py',
  ]);
});

test('equal files give equal bytes, whenever and wherever they are packed', async () => {
  const copy = keep(mkdtempSync(join(tmpdir(), 'assay-copy-')));
  cpSync(workload, copy, { recursive: true });
  utimesSync(join(copy, 'train.py'), 1, 1);
  const first = await archiveSource(workload, 'golden', []);
  expect((await archiveSource(copy, 'golden', [])).sha256).toBe(first.sha256);
  writeFileSync(join(copy, 'train.py'), 'print("other")\n');
  expect((await archiveSource(copy, 'golden', [])).sha256).not.toBe(first.sha256);
});

test('the archive unpacks to the same files', async () => {
  const target = keep(mkdtempSync(join(tmpdir(), 'assay-unpack-')));
  const { content } = await archiveSource(workload, 'golden', []);
  writeFiles(target, {});
  writeFileSync(join(target, 'a.tar.gz'), content);
  await extract({ file: join(target, 'a.tar.gz'), cwd: target });
  expect(readFileSync(join(target, 'train.py'), 'utf8')).toBe('print("train")\n');
  expect(readFileSync(join(target, '@odd.txt'), 'utf8')).toBe('x');
});

test('files of our own come with it, and take the place of the same name', async () => {
  const target = keep(mkdtempSync(join(tmpdir(), 'assay-unpack-')));
  const { content, files, sha256 } = await archiveSource(workload, 'golden', [], { 'own.py': 'é = 1\n' });
  expect(files.at(-1)).toBe('own.py');
  expect((await archiveSource(workload, 'golden', [], { 'own.py': 'é = 1\n' })).sha256).toBe(sha256);
  writeFileSync(join(target, 'a.tar.gz'), content);
  await extract({ file: join(target, 'a.tar.gz'), cwd: target });
  expect(readFileSync(join(target, 'own.py'), 'utf8')).toBe('é = 1\n');
  const replaced = await archiveSource(workload, 'golden', [], { 'train.py': '' });
  expect(replaced.files.filter((path) => path === 'train.py')).toHaveLength(1);
});

test('a dataset beside the code is left out by its files', async () => {
  const { files } = await archiveSource(workload, '.', ['gates.yaml']);
  expect(files).not.toContain('gates.yaml');
  expect(files).toContain('train.py');
});
