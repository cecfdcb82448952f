import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { CLI_ENTRY } from '../../lib/pipeline/cli-asset';
import { PROJECT_ROOT } from '../../lib/shared/assay-function';

const handlers = readdirSync(join(PROJECT_ROOT, 'lambda'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join(PROJECT_ROOT, 'lambda', file))
  .filter((file) => /^export (const|(async )?function) handler\b/m.test(readFileSync(file, 'utf8')));

/** What each entry brings along when it is bundled as the stacks do it: files, and packages left to the runtime. */
function bundled(entries: readonly string[]) {
  const { outputs } = buildSync({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [...entries],
    outdir: 'bundles',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['*.node'],
    logLevel: 'silent',
  }).metafile;
  return Object.values(outputs).map(({ entryPoint = '', inputs, imports }) => ({
    entry: entryPoint,
    files: Object.keys(inputs),
    left: imports.filter(({ path }) => !path.startsWith('node:') && !isBuiltin(path)).map(({ path }) => path),
  }));
}

const isDuckDb = (file: string): boolean => /@duckdb|duckdb\.node|lib\/engines\/duckdb/.test(file);

test('no handler brings DuckDB along, and none needs a package of its runtime', () => {
  expect(handlers.length).toBeGreaterThan(10);
  const found = bundled(handlers);
  expect(found).toHaveLength(handlers.length);
  for (const { entry, files, left } of found) expect([entry, files.filter(isDuckDb), left]).toEqual([entry, [], []]);
}, 30_000);

test('the command line does, so the look would see it', () => {
  expect(
    bundled([CLI_ENTRY])
      .flatMap(({ files }) => files)
      .some(isDuckDb),
  ).toBe(true);
});
