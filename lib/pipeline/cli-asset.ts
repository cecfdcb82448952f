import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { type BuildOptions, buildSync, transformSync } from 'esbuild';
import { PROJECT_ROOT } from '../shared/assay-function';
import { bindingFolder, lockedBinding } from './duckdb-binding';

/** File name inside the asset. */
export const CLI_FILE = 'assay.js';

/** The commands that builds use; `assay run` needs this project's folder and is not among them. */
export const CLI_ENTRY = join(PROJECT_ROOT, 'lib', 'cli', 'pipeline-entry.ts');

/** What the bundle has instead of the package that finds DuckDB's native files among other packages. */
const BINDING_ENTRY = join(PROJECT_ROOT, 'lib', 'pipeline', 'asset-binding.cjs');

/**
 * The command line as files that need Node and, for the commands that scan tables, the files of `duckdbAsset` beside
 * it; so the pushed repository needs no npm packages. Bundled in this process: the same sources give the same bytes on
 * every machine, and no Docker is involved.
 */
export function cliAsset(scope: Construct, id: string): Asset {
  return new Asset(scope, id, {
    path: dirname(CLI_ENTRY),
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the type; never pulled, since bundling in this process either works or throws.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(outputDir) {
          bundle(CLI_ENTRY, join(outputDir, CLI_FILE));
          return true;
        },
      },
    },
  });
}

/**
 * DuckDB's native files for CodeBuild (linux, x64). An asset of its own: 70 MB that change with DuckDB's version alone
 * need not be stored again with every change of the command line.
 */
export function duckdbAsset(scope: Construct, id: string): Asset {
  const { version, integrity } = lockedBinding();
  return new Asset(scope, id, {
    path: bindingFolder(),
    exclude: ['*.md', 'package.json'],
    // Says as much as a hash of the files, without reading 70 MB at every synthesis.
    assetHash: createHash('sha256').update(`${version} ${integrity}`).digest('hex'),
  });
}

const BUNDLING = {
  platform: 'node',
  target: 'node20',
  // Half as many bytes to read and parse at every start; names stay, for what an error says.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;

/**
 * Bundles an entry and, as files of their own beside it, what it imports when it is needed: to read and parse the SDK's clients
 * would take a short gate a quarter of its time.
 *
 * @throws if esbuild finds an error
 */
export function bundle(entry: string, outfile: string): void {
  const { outputFiles } = buildSync({
    ...BUNDLING,
    absWorkingDir: PROJECT_ROOT,
    entryPoints: { [basename(outfile, '.js')]: entry },
    outdir: dirname(outfile),
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    alias: { '@duckdb/node-bindings': BINDING_ENTRY },
    external: ['./duckdb.node'],
  });
  mkdirSync(dirname(outfile), { recursive: true });
  for (const { path, text } of outputFiles) {
    // esbuild splits ES modules alone; as CommonJS they need no package.json beside them, and `require` what they import.
    const { code } = transformSync(text, { ...BUNDLING, format: 'cjs', supported: { 'dynamic-import': false } });
    writeFileSync(path, code);
  }
}
