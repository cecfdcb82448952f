import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { BINDING_FILES, BINDING_PACKAGE, bindingFolder, lockedBinding } from '../../lib/pipeline/duckdb-binding';

const VERSION = '9.9.9-r.9';
const root = mkdtempSync(join(tmpdir(), 'assay-binding-'));
const archive = join(root, 'package.tgz');
let integrity: string;
let registry: ChildProcess;

beforeAll(async () => {
  const folder = join(root, 'source', 'package');
  mkdirSync(folder, { recursive: true });
  for (const file of BINDING_FILES) writeFileSync(join(folder, file), `native ${file}`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: BINDING_PACKAGE, version: VERSION }));
  await create({ gzip: true, file: archive, cwd: join(root, 'source') }, ['package']);
  integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  const server = join(__dirname, 'fixtures', 'registry.cjs');
  registry = spawn(process.execPath, [server, archive, BINDING_PACKAGE, VERSION]);
  const [port] = (await once(registry.stdout as NonNullable<typeof registry.stdout>, 'data')) as [Buffer];
  process.env.npm_config_registry = `http://127.0.0.1:${String(port).trim()}/`;
  process.env.npm_config_cache = join(root, 'npm-cache');
  process.env.npm_config_fetch_retries = '0';
});
afterAll(() => {
  registry.kill();
  for (const name of ['registry', 'cache', 'fetch_retries']) delete process.env[`npm_config_${name}`];
  rmSync(root, { recursive: true });
});

/** A checkout whose node_modules hold no binding for linux. */
function checkout(name: string, locked: object): string {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { [`node_modules/${BINDING_PACKAGE}`]: locked } }),
  );
  return folder;
}

test('the files of node_modules are taken where they are of the pinned version', () => {
  expect(readdirSync(bindingFolder())).toEqual(expect.arrayContaining([...BINDING_FILES]));
  expect(lockedBinding()).toEqual({ version: expect.any(String), integrity: expect.stringMatching(/^sha512-/) });
});

test('on another platform npm fetches the pinned package once', () => {
  const folder = checkout('mac', { version: VERSION, integrity });
  const found = bindingFolder(folder);
  expect(readFileSync(join(found, 'libduckdb.so'), 'utf8')).toBe('native libduckdb.so');
  writeFileSync(join(found, 'duckdb.node'), 'as it was');
  expect(bindingFolder(folder)).toBe(found);
  expect(readFileSync(join(found, 'duckdb.node'), 'utf8')).toBe('as it was');
  expect(readdirSync(join(found, '..'))).toHaveLength(1);
});

test('an archive with other bytes than the lock file pins is refused and leaves nothing', () => {
  const folder = checkout('forged', { version: VERSION, integrity: 'sha512-AAAA' });
  expect(() => bindingFolder(folder)).toThrow(
    `${BINDING_PACKAGE}@${VERSION}: package-lock.json pins sha512-AAAA, the registry has ${integrity}`,
  );
  expect(readdirSync(join(folder, 'node_modules', '.cache', 'assay'))).toEqual([]);
});

test('a package that npm cannot fetch, or that is not pinned, is told in one line', () => {
  const absent = checkout('absent', { version: '9.9.8', integrity });
  expect(() => bindingFolder(absent)).toThrow(
    /^the pipeline's builds need @duckdb\/node-bindings-linux-x64@9\.9\.8, which is not in node_modules here, and npm cannot fetch it: .+$/,
  );
  const unpinned = checkout('unpinned', {});
  expect(() => bindingFolder(unpinned)).toThrow('package-lock.json does not pin @duckdb/node-bindings-linux-x64');
  expect(existsSync(join(unpinned, 'node_modules'))).toBe(false);
});
