import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, CLI_ENTRY } from '../lib/pipeline/cli-asset';
import { BINDING_FILES, bindingFolder } from '../lib/pipeline/duckdb-binding';
import { generate } from './data/generate';
import type { Options } from './options';
import { CLI, rival } from './paths';
import { rowsOf, tablesOf } from './works';
import { NAIVE, RAW_READ } from './works/bundled';

/** Bundles the command line as the pipeline ships it, and writes the data. Rivals are installed by scripts/bench.mjs. */
export async function prepare(options: Options): Promise<void> {
  const folder = dirname(CLI);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const named = new Set(rowsOf(options).flatMap(({ ours, theirs }) => [...ours.argv, ...(theirs?.argv ?? [])]));
  const bundles = { [CLI]: CLI_ENTRY, [NAIVE]: rival('duckdb-suite.ts'), [RAW_READ]: rival('raw-read.ts') };
  for (const [file, entry] of Object.entries(bundles)) if (named.has(file)) bundle(entry, file);
  for (const file of BINDING_FILES) symlinkSync(join(bindingFolder(), file), join(folder, file));
  const tables = tablesOf(options);
  await generate(
    tables.map(({ table }) => table),
    (wanted) => tables.find(({ table }) => table === wanted)?.rows ?? 0,
  );
}
