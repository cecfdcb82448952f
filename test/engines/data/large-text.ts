import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileTable, type ExpectationInput } from '../../../lib/core/data/compile';
import { judgeTable } from '../../../lib/core/data/judge';
import type { Column } from '../../../lib/core/data/table';
import { textColumns } from '../../../lib/core/data/text-columns';
import type { Check } from '../../../lib/core/report/report';
import { DUCKDB } from '../../../lib/core/sql/dialect';
import { DuckDbAnswerer } from '../../../lib/engines/data/answerer';
import { prepareBase } from '../../../lib/engines/data/base';
import { neededColumns } from '../../../lib/engines/data/needed';
import { TextAnswerer } from '../../../lib/engines/data/text-answerer';
import { TOOLS } from '../../../lib/engines/data/tools';
import { openRelation } from '../../../lib/engines/duckdb/relation';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

const folder = mkdtempSync(join(tmpdir(), 'assay-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export interface Judgement {
  readonly checks: readonly Check[];
  /** Parquet files that were made. */
  readonly copies: number;
}

interface JudgeOptions {
  readonly threads?: number;
  readonly large?: boolean;
  /** Declared ones. */
  readonly types?: readonly Column[];
}

/** @returns its name */
export function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** Of columns id, n, x, s and b. */
export const HEADER = 'id,n,x,s,b\n';

let runs = 0;

/** Of files as large ones, or as small ones by a statement for each ask. */
export async function judge(
  files: readonly string[],
  suite: readonly ExpectationInput[],
  { threads = 2, large = true, types }: JudgeOptions = {},
): Promise<Judgement> {
  runs += 1;
  const spillFolder = mkdtempSync(join(folder, `${runs}-`));
  const session = await DuckDbSession.open({ threads, spillFolder });
  try {
    const compiled = compileTable(suite, undefined);
    const paths = files.map((file) => join(folder, file));
    const names = { name: files[0] ?? '', names: files };
    const relation = await openRelation(session, paths, { ...names, types: types ?? textColumns(compiled) });
    const needed = neededColumns(compiled, undefined);
    const base = await prepareBase(session, relation, {
      spillFolder,
      ...(needed === undefined ? {} : { needed }),
      ...(large ? { inMemoryBytes: 0 } : {}),
    });
    if (large !== (base.text !== undefined)) throw new Error('the base is not the one that was meant');
    const engine =
      base.text === undefined
        ? new DuckDbAnswerer(session, base, { strategy: 'scan' })
        : new TextAnswerer(session, base, base.text);
    const checks = await judgeTable('', { table: base.info, engine, dialect: DUCKDB, tools: TOOLS }, compiled);
    return { checks, copies: readdirSync(spillFolder).filter((file) => file.endsWith('.parquet')).length };
  } finally {
    session.close();
  }
}

/** What must not depend on where an answer comes from. */
export const plain = ({ checks }: Judgement): readonly unknown[] =>
  checks.map(({ evidence = {}, ...check }) => ({ ...check, evidence: { ...evidence, source: '' } }));

export const sourcesOf = ({ checks }: Judgement): readonly unknown[] => checks.map(({ evidence }) => evidence?.source);

export const about = (
  column: string,
  type: string,
  kwargs: Readonly<Record<string, unknown>> = {},
): ExpectationInput => ({
  type: `expect_column_${type}`,
  kwargs: { column, ...kwargs },
});
