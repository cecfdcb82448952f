import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundle, CLI_ENTRY, CLI_FILE } from '../../lib/pipeline/cli-asset';
import { BINDING_FILES, bindingFolder } from '../../lib/pipeline/duckdb-binding';
import { version } from '../../package.json';
import { tinyWorkload } from '../support/workload';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const build = (name: string, entry: string = CLI_ENTRY): string => {
  const file = join(folder, name, CLI_FILE);
  bundle(entry, file);
  return file;
};

/** As a build has it: both assets in one folder, and no package anywhere. */
function unpacked(name: string, entry?: string): string {
  const file = build(name, entry);
  for (const native of BINDING_FILES) cpSync(join(bindingFolder(), native), join(folder, name, native));
  return file;
}

function run(file: string, ...args: readonly string[]): string {
  const cwd = join(folder, 'elsewhere');
  mkdirSync(cwd, { recursive: true });
  const env = { PATH: process.env.PATH ?? '' };
  return execFileSync(process.execPath, [file, ...args], { cwd, encoding: 'utf8', env, timeout: 20_000 });
}

const filesOf = (bundled: string): ReadonlyMap<string, string> =>
  new Map(readdirSync(dirname(bundled)).map((name) => [name, readFileSync(join(dirname(bundled), name), 'utf8')]));

test('the bundle runs where there are no packages, and is the same every time', () => {
  const file = build('first');
  expect(run(file, '--version').trim()).toBe(version);
  expect(run(file, 'release', '--help')).toContain('prepare');
  expect(filesOf(build('second'))).toEqual(filesOf(file));
});

test('what every command loads before it is known is small', () => {
  const file = build('split');
  const parts = filesOf(file);
  const reached = new Set([CLI_FILE]);
  for (const name of reached) {
    // Imports at the top of a file: those inside functions wait until they are called.
    for (const [, next = ''] of (parts.get(name) ?? '').matchAll(/=require\("\.\/([^"]+)"\)/g)) reached.add(next);
  }
  const bytes = [...reached].reduce((sum, name) => sum + (parts.get(name)?.length ?? 0), 0);
  expect(bytes).toBeLessThan(200_000);
  // Messages of zod in fifty languages come with `import { z }`, not with `import * as z`.
  expect([...parts.values()].filter((text) => text.includes('Ongeldige invoer'))).toEqual([]);
});

test('a bundle scans with the native files beside it', () => {
  const file = unpacked('scan', join(__dirname, 'fixtures', 'scan.ts'));
  expect(JSON.parse(run(file))).toEqual([{ total: 6 }]);
});

test('without them it says what is missing', () => {
  const file = build('bare', join(__dirname, 'fixtures', 'scan.ts'));
  expect(() => run(file)).toThrow(/DuckDB's native files for \S+ cannot be loaded/);
});

test('a data gate runs from the unpacked assets', () => {
  const workload = tinyWorkload();
  const report = JSON.parse(run(unpacked('gate'), 'gate', 'data', '--workload', workload, '--json')) as object;
  expect(report).toMatchObject({ gate: 'data', verdict: 'pass' });
  rmSync(workload, { recursive: true });
});

test('a source that is not there is an error', () => {
  expect(() => bundle(join(folder, 'missing.ts'), join(folder, 'out.js'))).toThrow(/missing\.ts/);
});
