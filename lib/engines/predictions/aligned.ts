import type { KeySpan } from '../../core/kernels/keys';
import type { Reserve } from '../../core/kernels/room';
import { sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import { type Answers, JOINED } from './answers';
import { type AnswersPlan, type Asked, type AskedTable, askFor } from './asked';
import { FedTables } from './fed';
import type { Golden } from './golden';
import { PagedTables, type PagesRead } from './paged';
import { openWorkshop, WORTH_RANKING, type Workshop } from './rank';
import type { AnswersRequest, PredictionsRequest, TableFiles } from './request';
import { RowKeys } from './row-keys';
import { type StreamColumn, type Streamed, streamColumns, type Values, type WatchedColumn } from './stream';

/** What was read side by side. */
export interface Aligned {
  readonly rows: number;
  readonly columns: readonly Values[];
  readonly scores: readonly (readonly Float64Array[])[];
  /** Where the columns of a binary task lie, if they are many. */
  readonly workshop?: Workshop;
}

/**
 * Everything, if keys are the same in the same order, each once, and nothing is missing anywhere; `undefined` otherwise. With a
 * workshop, whether scores are finite is seen by whoever ranks them.
 */
export async function readAligned(
  session: DuckDbSession,
  request: PredictionsRequest,
  golden: Golden,
  models: readonly Answers[],
): Promise<Aligned | undefined> {
  const plans = plansOf(request, golden, models);
  const separate = plans.flatMap(({ answers, own }) => (own ? [answers] : []));
  const whole = [golden, ...separate].every(({ keys }) => keys.whole !== undefined);
  if (!whole && !(await keysMatch(session, golden, separate))) return undefined;
  const span = await spanOf(session, golden, whole);
  const stream = () => streamReader(session, whole ? new RowKeys(separate.length, span) : undefined, span?.rows ?? 0);
  if (request.task === 'binary' && span !== undefined && span.rows >= WORTH_RANKING) {
    const found = await readIntoRoom(session, request, { golden, plans, span, whole, stream });
    if (found !== 'no room') return found;
  }
  return readBy(stream(), askFor(golden, plans));
}

interface Reading {
  readonly golden: Golden;
  readonly plans: readonly AnswersPlan[];
  readonly span: KeySpan;
  /** Whether all keys are whole numbers; others are known to be alike. */
  readonly whole: boolean;
  /** Reads tables of any form. */
  readonly stream: () => Reader;
}

/** @returns `no room` for more rows than fit one memory */
async function readIntoRoom(
  session: DuckDbSession,
  request: PredictionsRequest,
  { golden, plans, span, whole, stream }: Reading,
): Promise<Aligned | undefined | 'no room'> {
  const { tables } = askFor(golden, plans);
  const numbered = whole && tables.every(({ row }) => row !== undefined);
  const pages = numbered ? await PagedTables.open(session, tables, span) : undefined;
  const groups = golden.groups.map(({ names }) => names.length);
  const open = (reserve?: Reserve) => openWorkshop(span.rows, plans.length, groups, request, reserve);
  const both = pages === undefined ? undefined : open((...room) => pages.reserve(tables, ...room));
  // Pages need room of their own, which the most rows leave none for.
  const workshop = both ?? open();
  if (workshop === undefined) return 'no room';
  try {
    const asked = askFor(golden, plans, workshop.room);
    const read = both === undefined ? undefined : await pages?.read(workshop, asked.tables, session);
    const reader = numbered ? fedReader(session, workshop, span) : stream();
    const found = read?.outcome === 'unlike' ? undefined : await readBy(reader, asked, read);
    if (found !== undefined && found.rows === span.rows) return { ...found, workshop };
  } catch (error) {
    workshop.crew.close();
    throw error;
  }
  workshop.crew.close();
  return undefined;
}

function plansOf(request: PredictionsRequest, golden: Golden, models: readonly Answers[]): readonly AnswersPlan[] {
  return [request.challenger, request.champion].flatMap((files, index) => {
    const answers = models[index];
    if (files === undefined || answers === undefined) return [];
    const own = !isSame(files, request.golden);
    return [{ answers, own, apart: own || !readsAlike(request, golden, files) }];
  });
}

/** Whether answers read the same from the golden table, which those of a text file or of declared types do not. */
function readsAlike({ golden, task }: PredictionsRequest, { format }: Golden, { score }: AnswersRequest): boolean {
  const types = golden.types ?? [];
  return format === 'parquet' && task !== 'multiclass' && !types.some(({ name }) => name === score || name === JOINED);
}

function isSame(a: TableFiles, b: TableFiles): boolean {
  return a.name === b.name && a.paths.length === b.paths.length && a.paths.every((p, i) => p === b.paths[i]);
}

/** Told by Parquet's footer; a text file would have to be read for it. */
async function spanOf(
  session: DuckDbSession,
  { format, from, keys }: Golden,
  whole: boolean,
): Promise<KeySpan | undefined> {
  if (format !== 'parquet') return undefined;
  const bounds = whole ? sql`, min(${keys.whole ?? sql`NULL`}) AS low, max(${keys.whole ?? sql`NULL`}) AS high` : sql``;
  const [found] = await session.rows<{ n: number; low?: number | bigint | null; high?: number | bigint | null }>(
    sql`SELECT count(*) AS n${bounds} FROM ${from}`,
  );
  const { n = 0, low, high } = found ?? {};
  return { rows: n, ...(low == null || high == null ? {} : { low: BigInt(low), high: BigInt(high) }) };
}

/** Some way to read tables side by side. */
interface Reader {
  /** @param withKeys whether keys of the table are looked at, too */
  read(table: AskedTable, columns: readonly StreamColumn[], withKeys: boolean): Promise<readonly Streamed[]>;
  /** Whether keys are the same in every table, each once, as far as it looks at them. Once all were read. */
  areAlike(): boolean;
  /** The same where keys were looked at by others. */
  isComplete(): boolean;
}

function fedReader(session: DuckDbSession, { room }: Workshop, span: KeySpan): Reader {
  const tables = new FedTables(session, room, span);
  return {
    read: ({ from, row, keys }, columns, withKeys) =>
      tables.read({ from, row: row ?? sql`NULL`, key: withKeys ? keys.whole : undefined }, columns),
    areAlike: () => tables.areAlike(),
    isComplete: () => tables.isComplete,
  };
}

/** One block after another, of all tables by turns. @param keys looks at whole numbers, if keys are such */
function streamReader(session: DuckDbSession, keys: RowKeys | undefined, rows: number): Reader {
  let tables = 0;
  return {
    async read({ from, keys: { whole } }, columns, withKeys) {
      const table = tables;
      if (keys === undefined || whole === undefined || !withKeys) return streamColumns(session, from, columns, rows);
      tables += 1;
      const watched: WatchedColumn = { value: whole, kind: 'BIGINT', look: (block) => keys.look(table, block) };
      try {
        return await streamColumns(session, from, columns, rows, [watched]);
      } finally {
        keys.end(table);
      }
    },
    areAlike: () => keys?.areAlike() !== false,
    isComplete: () => true,
  };
}

/** @param pages what was read already @default nothing */
async function readBy(reader: Reader, asked: Asked, pages?: PagesRead): Promise<Omit<Aligned, 'workshop'> | undefined> {
  const found = new Map<StreamColumn, Streamed>();
  const isRead = pages?.outcome === 'read';
  for (const column of isRead ? pages.columns : []) {
    if (column.into !== undefined) found.set(column, { values: column.into, hasNull: false });
  }
  const readTable = async (table: AskedTable): Promise<void> => {
    const rest = table.columns.filter((column) => !found.has(column));
    const withKeys = table.own && !isRead;
    if (rest.length === 0 && !withKeys) return;
    const read = await reader.read(table, rest, withKeys);
    for (const [index, streamed] of read.entries()) found.set(rest[index] as StreamColumn, streamed);
  };
  await Promise.all(asked.tables.map(readTable));
  if (!(isRead ? reader.isComplete() : reader.areAlike())) return undefined;
  const inOrder = (columns: readonly StreamColumn[]) => columns.flatMap((column) => found.get(column) ?? []);
  const golden = inOrder(asked.golden);
  const scores = asked.scores.map(inOrder);
  const rows = golden[0]?.values.length ?? 0;
  const inRoom = asked.golden[0]?.into !== undefined;
  if (![...golden.slice(0, 1), ...scores.flat()].every((column) => isWhole(column, rows, !inRoom))) return undefined;
  return {
    rows,
    columns: golden.map(({ values }) => values),
    scores: scores.map((of) => of.map(({ values }) => values as Float64Array)),
  };
}

/** @param looked whether each number is looked at here */
function isWhole({ values, hasNull }: Streamed, rows: number, looked: boolean): boolean {
  if (hasNull || values.length !== rows) return false;
  return !(looked && values instanceof Float64Array) || allFinite(values);
}

function allFinite(column: Float64Array): boolean {
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row] as number;
    if (!(value - value === 0)) return false;
  }
  return true;
}

/** Whether keys that are text are the same in every table, each there and once; told by SQL. */
async function keysMatch(session: DuckDbSession, golden: Golden, models: readonly Answers[]): Promise<boolean> {
  const keys = sql`(SELECT ${golden.keys.text} AS k FROM ${golden.from})`;
  for (const { from, keys: theirs } of models) {
    const [found] = await session.rows<{ n: number }>(
      sql`SELECT count(*) AS n FROM ${keys} g POSITIONAL JOIN (SELECT ${theirs.text} AS k FROM ${from}) a WHERE g.k IS DISTINCT FROM a.k`,
    );
    if (found?.n !== 0) return false;
  }
  const [unfit] = await session.rows<{ n: number }>(
    sql`SELECT count(*) AS n FROM (SELECT k FROM ${keys} GROUP BY k HAVING k IS NULL OR count(*) > 1)`,
  );
  return unfit?.n === 0;
}
