import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { ROOT } from './app';

const files = (folder: string): string[] =>
  existsSync(join(ROOT, folder))
    ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name))
    : [];

/** Modules that a source imports; type-only imports vanish at run time and are left out on request. */
function importsOf(source: string, options: { readonly types: boolean }): string[] {
  const statements = source.matchAll(
    /^(import|export)\s+(type\s+)?[^'";]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...statements]
    .filter((match) => options.types || match[2] === undefined)
    .map((match) => match[3] ?? match[4] ?? match[5] ?? '');
}

const source = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Relative imports as paths from the root, others as they are. */
const resolved = (file: string, specifier: string): string =>
  specifier.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), specifier)) : specifier;

function violations(folder: string, forbidden: (target: string, file: string) => boolean, types = true): string[] {
  return files(folder).flatMap((file) =>
    importsOf(source(file), { types })
      .map((specifier) => resolved(file, specifier))
      .filter((target) => forbidden(target, file))
      .map((target) => `${file} imports ${target}`),
  );
}

const isNode = (target: string) => target.startsWith('node:') || builtinModules.includes(target);
const isCdk = (target: string) =>
  target === 'constructs' || target.startsWith('aws-cdk-lib') || target.startsWith('cdk-nag');
const isSdk = (target: string) => target.startsWith('@aws-sdk/');

/** Files that import the CDK, and thereby are constructs. */
const constructs = new Set(
  files('lib')
    .filter((file) => importsOf(source(file), { types: true }).some(isCdk))
    .map((file) => file.replace(/\.ts$/, '')),
);

test('the scan sees imports', () => {
  const text =
    "import { a } from './a';\nimport type { B } from 'b';\nexport {\n  c,\n} from '../c';\nconst d = await import('d');\nimport 'e';";
  expect(importsOf(text, { types: true })).toEqual(['./a', 'b', '../c', 'd', 'e']);
  expect(importsOf(text, { types: false })).toEqual(['./a', '../c', 'd', 'e']);
  expect(constructs.has('lib/pipeline/release-pipeline')).toBe(true);
  expect(files('lib/core').length).toBeGreaterThan(5);
});

test('core imports core alone', () => {
  expect(violations('lib/core', (target) => !target.startsWith('lib/core/'))).toEqual([]);
});

test('handlers never import the CDK, nor a construct', () => {
  expect(violations('lambda', (target) => isCdk(target) || constructs.has(target))).toEqual([]);
});

test('constructs never import the AWS SDK', () => {
  expect(violations('lib', (target, file) => constructs.has(file.replace(/\.ts$/, '')) && isSdk(target))).toEqual([]);
});

test('the one-machine engine imports neither the CDK nor constructs nor handlers', () => {
  expect(
    violations('lib/local', (target) => isCdk(target) || constructs.has(target) || target.startsWith('lambda/')),
  ).toEqual([]);
});

test('only the entry points read the environment of the app', () => {
  const readers = [...files('lib/stacks'), ...[...constructs].map((file) => `${file}.ts`), ...files('lib/config')];
  expect([...new Set(readers)].filter((file) => /process\.env/.test(source(file)))).toEqual([]);
});

test('contracts stay free of libraries, so that construct and handler can share them', () => {
  const shared = files('lib').filter((file) => file.endsWith('/contract.ts'));
  expect(shared.length).toBeGreaterThanOrEqual(4);
  for (const file of shared) {
    const loaded = importsOf(source(file), { types: false }).filter(
      (name) => isNode(name) || isCdk(name) || isSdk(name),
    );
    expect([file, ...loaded]).toEqual([file]);
  }
});
