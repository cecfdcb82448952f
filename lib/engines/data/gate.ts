import { compileTable, type ExpectationInput, type TableContract } from '../../core/data/compile';
import { judgeTable } from '../../core/data/judge';
import { keyColumns } from '../../core/data/key-columns';
import { textColumns } from '../../core/data/text-columns';
import type { Check } from '../../core/report/report';
import { DUCKDB } from '../../core/sql/dialect';
import { OpeningSession } from '../duckdb/opening';
import { openRelation } from '../duckdb/relation';
import type { SessionOptions } from '../duckdb/session';
import { DuckDbAnswerer } from './answerer';
import { prepareBase } from './base';
import { CsvCounting } from './census';
import { neededColumns } from './needed';
import { TOOLS } from './tools';

export interface DataGateInput {
  /** Before the checks' ids, e.g. `data.train`. */
  readonly prefix: string;
  /** For people; tells the format, e.g. `train.csv`. */
  readonly name: string;
  readonly files: readonly string[];
  readonly expectations: readonly ExpectationInput[];
  /** What the workload declares; without it types are inferred and nothing is checked unasked. */
  readonly contract?: TableContract;
  /** Names of the files for people. @default `name`, or their paths */
  readonly names?: readonly string[];
  /** Column that names a row for people. @default the contract's key */
  readonly key?: string;
  /** Text files up to this size become a table in memory. @default 48 MiB */
  readonly inMemoryBytes?: number;
}

/**
 * Judges one table with DuckDB: all expectations together, with the fewest scans.
 *
 * @param database begun or to begin; it is closed in the end
 * @throws TableError for files that are no table
 */
export async function judgeFiles(
  input: DataGateInput,
  database: SessionOptions | OpeningSession = {},
): Promise<readonly Check[]> {
  const opening = database instanceof OpeningSession ? database : new OpeningSession(database);
  const { spillFolder } = opening;
  const { contract, name, files, names, prefix } = input;
  const key = input.key ?? contract?.key;
  const inMemory = input.inMemoryBytes === undefined ? {} : { inMemoryBytes: input.inMemoryBytes };
  let counting: CsvCounting | undefined;
  try {
    const compiled = compileTable(input.expectations, contract);
    const session = await opening.session;
    const needed = neededColumns(compiled, contract);
    counting = CsvCounting.begin(session, {
      files,
      names: names ?? [name],
      needed,
      keys: (header) => keyColumns(header, compiled),
      ...inMemory,
    });
    const relation = await openRelation(session, files, {
      name,
      ...(names === undefined ? {} : { names }),
      ...(contract === undefined ? { mode: 'typed', types: textColumns(compiled) } : { mode: 'text' }),
    });
    const base = await prepareBase(session, relation, {
      spillFolder,
      counting,
      ...(contract === undefined ? {} : { declared: contract.columns }),
      ...(key === undefined ? {} : { key }),
      ...(needed === undefined ? {} : { needed }),
      ...inMemory,
    });
    const engine = new DuckDbAnswerer(session, base);
    return await judgeTable(prefix, { table: base.info, engine, dialect: DUCKDB, tools: TOOLS }, compiled);
  } finally {
    await counting?.end();
    await opening.close();
  }
}
