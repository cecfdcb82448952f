import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatasetConfig, LandingConfig } from '../config/gates';
import { identifier, joinSql, literal, type Sql, sql } from '../core/sql/sql';
import { DuckDbSession } from '../engines/duckdb/session';
import type { TableFile } from '../engines/duckdb/table';
import { GoldenDataError } from './error';
import { openSide, type Side } from './landing-side';
import { columnList, FILE, LANDED, LandedDataError, ROW, readLanded } from './landing-table';
import { heldOut } from './split-sql';

const SIDES = ['train', 'holdout'] as const;

/** One value for each of the two files of a version. */
export type BySide<T> = Readonly<Record<(typeof SIDES)[number], T>>;

export interface MergeInput {
  readonly dataset: DatasetConfig;
  readonly landing: LandingConfig;
  /** In landing order; named by their keys. */
  readonly landed: readonly TableFile[];
  /** Local copies of the current version. */
  readonly base: BySide<string>;
  /** Those of the version that gates.yaml names, when it is another. */
  readonly root?: BySide<string>;
  /** Where the new files go, as `dataset.train` and `dataset.holdout` name them. */
  readonly folder: string;
}

export interface Merged {
  readonly rows: BySide<number>;
  /** Records of each landed file. */
  readonly landedRows: readonly number[];
  /** Oldest rows that `maxRows` left out. */
  readonly dropped: number;
}

/** Of each key the row that landed last. */
const LATEST = identifier('latest');
/** Keys of earlier versions, and whether they are held out. */
const KNOWN = identifier('known');
const HELD = identifier('assay:held');
/** Key of a landed row, as keys of the current version are written. */
const KEY = identifier('assay:key');

/**
 * Makes the next version of a dataset from landed files. Of rows with equal keys the one that landed last counts. A key
 * that an earlier version has stays on its side, so that nothing a champion was trained on is ever held out; a new one
 * goes where its hash says, as `assay golden split` divides. Values keep their text; DuckDB spills what its memory does
 * not hold.
 *
 * @throws LandedDataError for files that cannot be taken, or that leave one side empty; GoldenDataError for the dataset
 */
export async function mergeLanded(input: MergeInput): Promise<Merged> {
  const { dataset, landing } = input;
  if (dataset.train === dataset.holdout) {
    throw new GoldenDataError(
      `dataset.train and dataset.holdout are both ${dataset.train}: landed rows need a file each`,
    );
  }
  const session = await DuckDbSession.open();
  try {
    const columns = Object.keys(dataset.columns);
    const landedRows = await readLanded(session, input.landed, { columns, key: dataset.key });
    const versions = input.root === undefined ? [input.base] : [input.base, input.root];
    const sides = await Promise.all(versions.map((files) => openSides(session, files, input)));
    const [base] = sides;
    if (base === undefined) throw new RangeError('a version is made from an earlier one');
    await divide(session, sides, base.train.landedKey, input);
    const total = {
      train: await keep(session, 'train', base.train, input),
      holdout: await keep(session, 'holdout', base.holdout, input),
    };
    const drop = surplus(total, landing.maxRows ?? Number.POSITIVE_INFINITY);
    const rows = { train: total.train - drop.train, holdout: total.holdout - drop.holdout };
    requireRows(rows, dataset);
    for (const side of SIDES) {
      const kept = sql`SELECT ${columnList(columns)} FROM ${identifier(side)} ORDER BY ${FILE}, ${ROW} OFFSET ${literal(drop[side])}`;
      const path = join(input.folder, dataset[side]);
      mkdirSync(dirname(path), { recursive: true });
      await session.rows(sql`COPY (${kept}) TO ${literal(path)} ${base[side].format}`);
    }
    return { rows, landedRows, dropped: drop.train + drop.holdout };
  } finally {
    session.close();
  }
}

async function openSides(
  session: DuckDbSession,
  files: BySide<string>,
  { dataset, landed }: MergeInput,
): Promise<BySide<Side>> {
  const names = landed.map(({ name }) => name);
  const open = (side: (typeof SIDES)[number]) =>
    openSide(session, { path: files[side], name: dataset[side] }, dataset, names);
  return { train: await open('train'), holdout: await open('holdout') };
}

/** Says of each landed key which side it is on. One that was ever trained on is never held out. */
async function divide(
  session: DuckDbSession,
  versions: readonly BySide<Side>[],
  landedKey: Sql,
  { landing }: MergeInput,
): Promise<void> {
  const keys = versions.flatMap((version) =>
    SIDES.map(
      (side) =>
        sql`SELECT ${version[side].key} AS "key", ${literal(side === 'holdout')} AS held FROM (${version[side].rows})`,
    ),
  );
  await session.rows(
    sql`CREATE TABLE ${KNOWN} AS SELECT "key", bool_and(held) AS held FROM (${joinSql(keys, ' UNION ALL ')}) GROUP BY "key"`,
  );
  const last = sql`row_number() OVER (PARTITION BY ${KEY} ORDER BY ${FILE} DESC, ${ROW} DESC) = 1`;
  const latest = sql`SELECT *, ${landedKey} AS ${KEY} FROM ${LANDED} QUALIFY ${last}`;
  const held = sql`coalesce(${KNOWN}.held, ${heldOut(sql`l.${KEY}`, landing.holdout, landing.seed)})`;
  await session.rows(
    sql`CREATE TABLE ${LATEST} AS SELECT l.*, ${held} AS ${HELD} FROM (${latest}) l LEFT JOIN ${KNOWN} ON ${KNOWN}."key" = l.${KEY}`,
  );
  await session.rows(sql`DROP TABLE ${LANDED}`);
}

/**
 * Fills a table with the rows of one side, numbered in landing order; those of the earlier version come first.
 *
 * @returns how many
 */
async function keep(
  session: DuckDbSession,
  side: (typeof SIDES)[number],
  { rows, key, landed }: Side,
  { landing }: MergeInput,
): Promise<number> {
  const table = identifier(side);
  const earlier = sql`SELECT *, 0 AS ${FILE}, row_number() OVER () AS ${ROW} FROM (${rows})`;
  // Empty, it gives the table the types of the earlier file's columns.
  await session.rows(sql`CREATE TABLE ${table} AS ${earlier} LIMIT 0`);
  if (landing.combine === 'append') {
    const gone = sql`SELECT ${KEY} FROM ${LATEST}`;
    await session.rows(sql`INSERT INTO ${table} SELECT * FROM (${earlier}) WHERE ${key} NOT IN (${gone})`);
  }
  const held = literal(side === 'holdout');
  await session.rows(
    sql`INSERT INTO ${table} SELECT ${landed}, ${FILE}, ${ROW} FROM ${LATEST} WHERE ${HELD} = ${held}`,
  );
  return count(session, table);
}

async function count(session: DuckDbSession, table: Sql): Promise<number> {
  const [found] = await session.rows<{ total: number }>(sql`SELECT count(*) AS total FROM ${table}`);
  return found?.total ?? 0;
}

/** Oldest rows above `maxRows`, from both sides alike: hashes spread keys evenly over time. */
function surplus({ train, holdout }: BySide<number>, maxRows: number): BySide<number> {
  const most = Math.max(0, train + holdout - maxRows);
  const fromTrain = Math.round((most * train) / Math.max(1, train + holdout));
  return { train: fromTrain, holdout: most - fromTrain };
}

function requireRows(rows: BySide<number>, dataset: DatasetConfig): void {
  const empty = SIDES.find((side) => rows[side] === 0);
  if (empty === undefined) return;
  const name = `dataset.${empty} (${dataset[empty]})`;
  throw new LandedDataError(`the landed rows leave none for ${name}: their keys are too few`, undefined);
}
