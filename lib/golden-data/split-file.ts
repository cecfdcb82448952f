import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { literal, type Sql, sql } from '../core/sql/sql';
import { columnOf, openRelation } from '../engines/duckdb/relation';
import { DuckDbSession } from '../engines/duckdb/session';
import { textOf } from '../engines/duckdb/text';
import { formatOf } from '../engines/formats';
import { checkPacked, packingOf } from '../engines/packed';
import { UsageError } from '../release/environment';
import { splitCsv, splitText } from './split';
import { heldOut } from './split-sql';

export interface SplitInput {
  readonly path: string;
  readonly key: string;
  /** Share held out, between 0 and 1. */
  readonly holdout: number;
  readonly seed: number;
}

export interface WrittenSplit {
  /** Names of the files in the folder. */
  readonly train: string;
  readonly holdout: string;
  readonly trainRows: number;
  readonly holdoutRows: number;
}

/**
 * Divides a table into two files of a folder by the hash of its key, as splitCsv does: CSV (also packed) into CSV,
 * Parquet into Parquet. Equal keys are on equal sides in both.
 *
 * @throws UsageError without the key column, with an empty key, or when one side would be empty; TableError for no table
 */
export async function splitFile(input: SplitInput, folder: string): Promise<WrittenSplit> {
  const name = basename(input.path);
  const format = formatOf(name);
  if (format === 'jsonl')
    throw new UsageError(`${name}: a split takes .csv (with .gz or .zst where packed) or .parquet`);
  if (format === 'parquet') return splitParquet(input, name, folder);
  const split = await divided(input, name);
  const names = { train: 'train.csv', holdout: 'holdout.csv' };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, names.train), split.train);
  writeFileSync(join(folder, names.holdout), split.holdout);
  return { ...names, trainRows: split.trainRows, holdoutRows: split.holdoutRows };
}

async function divided({ path, key, holdout, seed }: SplitInput, name: string): Promise<ReturnType<typeof splitCsv>> {
  if (packingOf(name) === undefined) return splitCsv(path, key, holdout, seed);
  await checkPacked(path, name);
  const session = await DuckDbSession.open({ threads: 1 });
  try {
    return splitText(await buffer(Readable.from(textOf(session, { path, name }))), name, key, holdout, seed);
  } finally {
    session.close();
  }
}

async function splitParquet(
  { path, key, holdout, seed }: SplitInput,
  name: string,
  folder: string,
): Promise<WrittenSplit> {
  const session = await DuckDbSession.open({ threads: 1 });
  try {
    const relation = await openRelation(session, [path], { name });
    const column = columnOf(relation, key);
    const held = heldOut(column, holdout, seed);
    const { from } = relation;
    const { rows, heldRows } = await countSides(session, from, { name, key, column, held });
    const names = { train: 'train.parquet', holdout: 'holdout.parquet' };
    mkdirSync(folder, { recursive: true });
    await writeParquet(session, sql`SELECT * FROM ${from} WHERE NOT (${held})`, join(folder, names.train));
    await writeParquet(session, sql`SELECT * FROM ${from} WHERE ${held}`, join(folder, names.holdout));
    return { ...names, trainRows: rows - heldRows, holdoutRows: heldRows };
  } finally {
    session.close();
  }
}

interface Sides {
  readonly name: string;
  readonly key: string;
  readonly column: Sql;
  /** Condition of the rows held out. */
  readonly held: Sql;
}

async function countSides(
  session: DuckDbSession,
  from: Sql,
  { name, key, column, held }: Sides,
): Promise<{ readonly rows: number; readonly heldRows: number }> {
  const [counts] = await session.rows<Record<'total' | 'held' | 'keys' | 'missing', number>>(
    sql`SELECT count(*) AS total, count(*) FILTER (${held}) AS held, count(DISTINCT ${column}) AS keys, count(*) FILTER (${column} IS NULL) AS missing FROM ${from}`,
  );
  const { total: rows = 0, held: heldRows = 0, keys = 0, missing = 0 } = counts ?? {};
  if (missing > 0) throw new UsageError(`${name}: ${missing} rows have no ${key}`);
  const side = heldRows === rows ? 'train' : heldRows === 0 ? 'holdout' : undefined;
  if (side === undefined) return { rows, heldRows };
  throw new UsageError(`${name}: ${rows} rows with ${keys} different values of ${key} leave none for ${side}`);
}

async function writeParquet(session: DuckDbSession, rows: Sql, path: string): Promise<void> {
  await session.rows(sql`COPY (${rows}) TO ${literal(path)} (FORMAT parquet)`);
}
