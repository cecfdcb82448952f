import type { AthenaClient } from '@aws-sdk/client-athena';
import type { GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { compileTable, type ExpectationInput, type TableContract } from '../../core/data/compile';
import { judgeTable } from '../../core/data/judge';
import { textColumns } from '../../core/data/text-columns';
import type { Check } from '../../core/report/report';
import { TRINO } from '../../core/sql/trino';
import { neededColumns } from '../data/needed';
import { TOOLS } from '../data/tools';
import { openRelation } from '../duckdb/relation';
import { DuckDbSession } from '../duckdb/session';
import type { ListedFile } from '../listing';
import { TableError } from '../table-error';
import { AthenaAnswerer } from './answerer';
import { lakeTable } from './base';
import { createTable, dropTable, tableName } from './glue';
import { folderOf, hiveColumns, lakeOf } from './lake';
import { AthenaSession, type AthenaSessionOptions, type Executed } from './session';
import { fetchStubs } from './stubs';

export interface LakeGateInput {
  /** Before the checks' ids, e.g. `data.train`. */
  readonly prefix: string;
  /** For people, as the user wrote it. */
  readonly name: string;
  /** Objects in S3, of one format. */
  readonly files: readonly ListedFile[];
  readonly expectations: readonly ExpectationInput[];
  readonly contract?: TableContract;
  /** @default the contract's key */
  readonly key?: string;
}

export interface LakeClients {
  readonly athena: AthenaClient;
  readonly glue: GlueClient;
  readonly s3: S3Client;
}

export interface LakeGateOptions extends Omit<AthenaSessionOptions, 'client'> {
  readonly clients: LakeClients;
}

export interface LakeJudgement {
  readonly checks: readonly Check[];
  /** Every query, and the bytes that it read. */
  readonly executed: readonly Executed[];
}

/** Objects whose headers are compared before they are judged together. */
const MOST_FILES = 5000;

/**
 * Judges files in S3 with Athena: nothing is downloaded but what tells their columns. The external table lasts as long
 * as the judgement, also when that fails or is interrupted.
 *
 * @throws TableError for files that are no table, AthenaError when Athena or Glue cannot be used
 */
export async function judgeObjects(input: LakeGateInput, options: LakeGateOptions): Promise<LakeJudgement> {
  const { files, name, prefix, contract } = input;
  if (files.length > MOST_FILES)
    throw new TableError(`${name}: has ${files.length} files; ${MOST_FILES} at most are read as one table`);
  const { clients, ...rest } = options;
  const compiled = compileTable(input.expectations, contract);
  const folder = await folderOf(files, name);
  const stubs = await fetchStubs(clients.s3, files);
  const duckdb = await DuckDbSession.open({ threads: 1 });
  const session = new AthenaSession({ ...rest, client: clients.athena });
  try {
    const relation = await openRelation(duckdb, stubs.paths, {
      name: stubs.names[0] ?? name,
      names: stubs.names,
      ...(contract === undefined ? { mode: 'typed', types: textColumns(compiled) } : { mode: 'text' }),
    });
    const { database } = options;
    const { location, only } = folder;
    const table = {
      database,
      name: tableName(files),
      location,
      format: relation.format,
      columns: hiveColumns(relation),
    };
    const key = input.key ?? contract?.key;
    const needed = withKey(neededColumns(compiled, contract), key);
    const lake = lakeOf(relation, table, only, contract?.columns ?? [], needed);
    await createTable(clients.glue, table);
    try {
      const base = await lakeTable(session, lake, { name, relation, duckdb, ...(key === undefined ? {} : { key }) });
      const engine = new AthenaAnswerer(session, base);
      const checks = await judgeTable(prefix, { table: base.info, engine, dialect: TRINO, tools: TOOLS }, compiled);
      return { checks, executed: session.executed };
    } finally {
      await dropTable(clients.glue, table);
    }
  } finally {
    duckdb.close();
    stubs.close();
  }
}

const withKey = (needed: readonly string[] | undefined, key: string | undefined): readonly string[] | undefined =>
  needed === undefined || key === undefined || needed.includes(key) ? needed : [...needed, key];
