import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildSync } from 'esbuild';
import { bundle, CLI_ENTRY } from '../lib/pipeline/cli-asset';
import { generate } from './data/generate';
import type { Options } from './options';
import { CLI, PROJECT, rival } from './paths';
import { tablesOf } from './works';
import { NAIVE, RAW_READ } from './works/bundled';

/** Bundles the command line as the pipeline ships it, and writes the data. Rivals are installed by scripts/bench.mjs. */
export async function prepare(options: Options): Promise<void> {
  mkdirSync(dirname(CLI), { recursive: true });
  bundle(CLI_ENTRY, CLI);
  bundleRival('duckdb-suite.ts', NAIVE);
  bundleRival('raw-read.ts', RAW_READ);
  const tables = tablesOf(options);
  await generate(
    tables.map(({ table }) => table),
    (wanted) => tables.find(({ table }) => table === wanted)?.rows ?? 0,
  );
}

/** One file, so that it starts as quickly as the gate; the native library is this project's. */
function bundleRival(file: string, outfile: string): void {
  buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [rival(file)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['@duckdb/node-bindings'],
    logLevel: 'silent',
  });
}
