import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ROW, type TableSql } from '../../core/data/sql';
import { identifier, literal, type Sql, sql } from '../../core/sql/sql';
import type { Relation } from '../duckdb/relation';
import type { DuckDbSession } from '../duckdb/session';
import { textOf } from '../duckdb/text';

/** A table that was parsed once. */
export interface Copy {
  readonly table: TableSql;
  /** Number of rows, of a table in memory. */
  readonly rows?: number;
  /** The file, otherwise. */
  readonly footers?: readonly string[];
}

/** How many times its size text is when it is unpacked, roughly. */
const UNPACKED = 6;

/** Bytes of text that the files hold, unpacked; a guess for packed ones. */
export const textBytes = ({ files }: Pick<Relation, 'files'>): number =>
  files.reduce((sum, file) => sum + statSync(file).size * (/\.(gz|zst)$/.test(file) ? UNPACKED : 1), 0);

/** Bytes by whose lines the others are guessed, and how much shorter these may be. */
const HEAD = 2 * 1024 ** 2;
const SHORTER = 1.25;
const LINE_FEED = 10;

/** Rows that text files hold, and some more, if their lines are as long as the first ones. */
export async function rowsAtMost(session: DuckDbSession, relation: Relation): Promise<number> {
  const [path = '', name = path] = [relation.files[0], relation.names[0]];
  let [seen, lines] = [0, 1];
  for await (const chunk of textOf(session, { path, name })) {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) lines += 1;
    seen += chunk.length;
    if (seen >= HEAD) break;
  }
  return Math.ceil(((textBytes(relation) * lines) / Math.max(1, seen)) * SHORTER);
}

let made = 0;

export async function copyToMemory(session: DuckDbSession, select: Sql, key: string | undefined): Promise<Copy> {
  made += 1;
  const name = identifier(`base_${made}`);
  const [found] = await session.rows<{ Count: number }>(sql`CREATE TABLE ${name} AS ${select}`);
  const numbered = sql`(SELECT *, rowid AS ${ROW} FROM ${name})`;
  return { table: { from: name, numbered, ...keyed(key) }, ...(found === undefined ? {} : { rows: found.Count }) };
}

/** @param folder in which a Parquet file is made */
export async function copyToFile(
  session: DuckDbSession,
  select: Sql,
  key: string | undefined,
  folder: string,
): Promise<Copy> {
  made += 1;
  const path = join(folder, `base_${made}.parquet`);
  const file = literal(path);
  await session.rows(sql`COPY (${select}) TO ${file} (FORMAT parquet, COMPRESSION snappy)`);
  const numbered = sql`(SELECT * EXCLUDE (file_row_number), file_row_number AS ${ROW} FROM read_parquet(${file}, file_row_number = true))`;
  return { table: { from: sql`read_parquet(${file})`, numbered, ...keyed(key) }, footers: [path] };
}

const keyed = (key: string | undefined): Pick<TableSql, 'key'> => (key === undefined ? {} : { key });
