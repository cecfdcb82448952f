import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FunctionBundles } from '../../lib/shared/function-bundle';
import { scratchFolder } from '../support/folder';
import { writeFiles } from '../support/workload';

const { folder } = scratchFolder();
const CACHE = join(folder, 'node_modules/.cache/assay/functions');

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  writeFiles(folder, {
    'package.json': '{}',
    'tsconfig.json': '{}',
    'node_modules/.package-lock.json': '{}',
    'lambda/say.ts': "import { word } from '../lib/word';\nexport const handler = (): string => word;\n",
    'lib/word.ts': "export const word = 'one';\n",
  });
});

const write = (path: string, content: string) => writeFiles(folder, { [path]: content });
/** As another synthesis would have it. */
const bundle = (entry = 'lambda/say.ts') => Buffer.from(new FunctionBundles(folder).bundle(entry)).toString();
const run = (text: string): unknown => {
  const module = { exports: {} as { handler?: () => unknown } };
  new Function('module', 'exports', text)(module, module.exports);
  return module.exports.handler?.();
};
const kept = () =>
  readdirSync(CACHE).flatMap((state) => readdirSync(join(CACHE, state)).map((file) => join(CACHE, state, file)));

test('a bundle holds what the handler imports, and is kept byte for byte', () => {
  const first = bundle();
  expect(run(first)).toBe('one');
  expect(kept()).toHaveLength(1);
  expect(bundle()).toBe(first);
});

test('what is kept is used: nothing is bundled again', () => {
  bundle();
  const [file = ''] = kept();
  writeFileSync(file, 'as it was kept');
  expect(bundle()).toBe('as it was kept');
});

test.each([
  ['a source that it imports', 'lib/word.ts', "export const word = 'two';\n", 'two'],
  ['the handler itself', 'lambda/say.ts', "export const handler = (): string => 'mine';\n", 'mine'],
  ['a file that an import finds first', 'lib/word.tsx', "export const word = 'other';\n", 'other'],
  ['how sources are compiled', 'tsconfig.json', '{"compilerOptions":{"target":"ES2022"}}', 'one'],
  ['an installed package', 'node_modules/.package-lock.json', '{"packages":{}}', 'one'],
])('%s changes: it is bundled anew', (_, path, content, says) => {
  bundle();
  for (const file of kept()) writeFileSync(file, 'out of date');
  write(path, content);
  expect(run(bundle())).toBe(says);
});

test('a bundle of sources that changed after they were looked at is not kept', () => {
  write('lambda/shout.ts', "export const handler = (): string => 'loud';\n");
  const synthesis = new FunctionBundles(folder);
  synthesis.bundle('lambda/say.ts');
  write('lambda/shout.ts', "export const handler = (): string => 'louder';\n");
  expect(run(Buffer.from(synthesis.bundle('lambda/shout.ts')).toString())).toBe('louder');
  write('lambda/shout.ts', "export const handler = (): string => 'loud';\n");
  expect(run(bundle('lambda/shout.ts'))).toBe('loud');
});

test('two handlers are two bundles', () => {
  write('lambda/shout.ts', "import { word } from '../lib/word';\nexport const handler = (): string => word + '!';\n");
  expect([run(bundle()), run(bundle('lambda/shout.ts'))]).toEqual(['one', 'one!']);
  expect([run(bundle()), run(bundle('lambda/shout.ts'))]).toEqual(['one', 'one!']);
});

test('those of the last three states are kept', () => {
  const seen = new Set<string>();
  for (const [i, word] of ['a', 'b', 'c', 'd'].entries()) {
    write('lib/word.ts', `export const word = '${word}';\n`);
    bundle();
    // Made so quickly they would have one time.
    const newest = readdirSync(CACHE).filter((state) => !seen.has(state));
    for (const state of newest) utimesSync(join(CACHE, state), i, i);
    for (const state of newest) seen.add(state);
  }
  expect(readdirSync(CACHE).sort()).toEqual([...seen].slice(1).sort());
  expect(run(bundle())).toBe('d');
});

test('where nothing can be kept, it is bundled all the same', () => {
  mkdirSync(join(folder, 'node_modules/.cache'), { recursive: true });
  write('node_modules/.cache/assay', 'a file');
  expect(run(bundle())).toBe('one');
  expect(existsSync(CACHE)).toBe(false);
});

test('an error in a source is told, and nothing is kept', () => {
  write('lambda/say.ts', 'export const handler = (: => 1;\n');
  expect(() => bundle()).toThrow(/lambda\/say\.ts:1:24: ERROR/);
  expect(existsSync(CACHE)).toBe(false);
});
