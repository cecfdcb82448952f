import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, CLI_ENTRY, CLI_FILE } from '../../lib/pipeline/cli-asset';
import { version } from '../../package.json';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const build = (name: string): string => {
  const file = join(folder, name, CLI_FILE);
  bundle(CLI_ENTRY, file);
  return file;
};

test('the bundle is one file that runs where there are no packages, and is the same every time', () => {
  const file = build('first');
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [file, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '' },
      timeout: 20_000,
    });
  expect(run('--version').trim()).toBe(version);
  expect(run('release', '--help')).toContain('prepare');
  expect(readFileSync(build('second'))).toEqual(readFileSync(file));
});

test('a source that is not there is an error', () => {
  expect(() => bundle(join(folder, 'missing.ts'), join(folder, 'out.js'))).toThrow(/missing\.ts/);
});
