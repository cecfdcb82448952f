import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseTable, caseBase } from '../engines/data/conformance/case-table';
import { type Case, duckDbCase, runCase } from '../engines/data/conformance/run-case';
import { DuckDbSession } from '../engines/duckdb/session';
import { UsageError } from '../release/environment';

/** One type's tables, arguments, and what must come out. */
export interface CaseFile {
  readonly expectation_type: string;
  readonly datasets: readonly (CaseTable & { readonly tests: readonly Case[] })[];
}

export interface Conformance {
  readonly passed: number;
  readonly failed: number;
  /** Lines for people: each type, and below it what failed and why. */
  readonly lines: readonly string[];
}

/**
 * Runs a folder of Great Expectations cases: one JSON file a type, with tables, arguments and what must come out.
 *
 * @throws UsageError when the folder holds no cases
 */
export async function runConformance(folder: string): Promise<Conformance> {
  const files = casesIn(folder);
  const session = await DuckDbSession.open({ threads: 1 });
  const lines: string[] = [];
  let [passed, failed] = [0, 0];
  try {
    for (const file of files) {
      const failures = await runFile(session, file);
      const count = file.datasets.reduce((sum, { tests }) => sum + tests.length, 0);
      passed += count - failures.length;
      failed += failures.length;
      const mark = failures.length === 0 ? '✓' : '✗';
      lines.push(`${mark} ${file.expectation_type}: ${count - failures.length} of ${count}`, ...failures);
    }
  } finally {
    session.close();
  }
  return { passed, failed, lines: [...lines, `${passed} passed, ${failed} failed`] };
}

/** @throws UsageError when the folder holds no cases */
export function casesIn(folder: string): readonly CaseFile[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    throw new UsageError(`${folder}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const files = [...names].sort().map((name): CaseFile => {
    const file = JSON.parse(
      readFileSync(join(folder, name), 'utf8').replaceAll(/([:,[]\s*)(-?Infinity|NaN)(?=\s*[,\]}])/g, quoted),
    );
    if (!Array.isArray((file as Partial<CaseFile>).datasets))
      throw new UsageError(`${name}: holds no cases ("datasets")`);
    return revive(file) as CaseFile;
  });
  if (files.length === 0) throw new UsageError(`${folder}: holds no cases (*.json)`);
  return files;
}

/** Python writes the numbers that JSON lacks as bare words. */
const quoted = (_all: string, before: string, word: string): string => `${before}{"#number":"${word}"}`;

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  if ('#number' in value) return Number(value['#number']);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revive(one)]));
}

/** Expectations about numbers: what a column without a value must hold for them. */
const NUMERIC = /_(mean|median|stdev|sum|quantile_values|z_scores)_/;

async function runFile(session: DuckDbSession, file: CaseFile): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { data, schemas, tests } of file.datasets) {
    const empty = NUMERIC.test(file.expectation_type) ? 'number' : 'string';
    const base = await caseBase(session, { data, empty, ...(schemas === undefined ? {} : { schemas }) });
    for (const test of tests) {
      const problem = await runCase(duckDbCase(session, base), file.expectation_type, test);
      if (problem !== undefined) failures.push(`    ${test.title}: ${problem}`);
    }
  }
  return failures;
}

/** `npm run conformance -- DIR`. @returns the exit code */
export async function conformanceMain(folder: string | undefined): Promise<number> {
  if (folder === undefined) throw new UsageError('which folder? npm run conformance -- DIR');
  const { lines, failed } = await runConformance(folder);
  process.stdout.write(`${lines.join('\n')}\n`);
  return failed === 0 ? 0 : 1;
}
