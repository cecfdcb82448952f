import type { KeySpan } from '../../core/kernels/keys';
import { type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import { type Answers, JOINED } from './answers';
import { FedTables } from './fed';
import { type Golden, goldenColumns } from './golden';
import { openWorkshop, type Workshop } from './rank';
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
  const groups = golden.groups.map(({ names }) => names.length);
  const workshop =
    request.task === 'binary' && span !== undefined
      ? openWorkshop(span.rows, plans.length, groups, request)
      : undefined;
  const numbered = whole && [golden, ...plans.map(({ answers }) => answers)].every(({ row }) => row !== undefined);
  const reader =
    workshop !== undefined && span !== undefined && numbered
      ? fedReader(session, workshop, span)
      : streamReader(session, whole ? new RowKeys(separate.length, span) : undefined, span?.rows ?? 0);
  try {
    const read = await readTables(reader, { golden, plans, rows: span?.rows ?? 0, workshop });
    if (read !== undefined && reader.areAlike()) {
      return { ...read, ...(workshop === undefined ? {} : { workshop }) };
    }
  } catch (error) {
    workshop?.crew.close();
    throw error;
  }
  workshop?.crew.close();
  return undefined;
}

/** How a model's answers are read: from a file of their own or the golden one, and apart from its rows or with them. */
interface Plan {
  readonly answers: Answers;
  readonly own: boolean;
  readonly apart: boolean;
}

function plansOf(request: PredictionsRequest, golden: Golden, models: readonly Answers[]): readonly Plan[] {
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

interface Reading {
  readonly golden: Golden;
  readonly plans: readonly Plan[];
  /** If they are known. */
  readonly rows: number;
  readonly workshop: Workshop | undefined;
}

/** Some way to read tables side by side. */
interface Reader {
  /** @param key of the table, unless it has the rows of another one */
  read(
    table: { readonly from: Sql; readonly row?: Sql },
    columns: readonly StreamColumn[],
    key: Sql | undefined,
  ): Promise<readonly Streamed[]>;
  /** Whether keys are the same in every table, each once, as far as it looks at them. Once all were read. */
  areAlike(): boolean;
}

function fedReader(session: DuckDbSession, { room }: Workshop, span: KeySpan): Reader {
  const tables = new FedTables(session, room, span);
  return {
    read: ({ from, row }, columns, key) => tables.read({ from, row: row ?? sql`NULL`, key }, columns),
    areAlike: () => tables.areAlike(),
  };
}

/** One block after another, of all tables by turns. @param keys looks at whole numbers, if keys are such */
function streamReader(session: DuckDbSession, keys: RowKeys | undefined, rows: number): Reader {
  let tables = 0;
  return {
    async read({ from }, columns, key) {
      const table = tables;
      if (keys === undefined || key === undefined) return streamColumns(session, from, columns, rows);
      tables += 1;
      const watched: WatchedColumn = { value: key, kind: 'BIGINT', look: (block) => keys.look(table, block) };
      try {
        return await streamColumns(session, from, columns, rows, [watched]);
      } finally {
        keys.end(table);
      }
    },
    areAlike: () => keys?.areAlike() !== false,
  };
}

async function readTables(
  reader: Reader,
  { golden, plans, rows, workshop }: Reading,
): Promise<Omit<Aligned, 'workshop'> | undefined> {
  const room = workshop?.room;
  const scoresOf = plans.map(({ answers }, model) =>
    answers.scores.map(
      (value): StreamColumn => ({ value, kind: 'DOUBLE', missing: Number.NaN, into: room?.scores[model] }),
    ),
  );
  const asked = goldenColumns(golden, room);
  const inside = plans.flatMap(({ apart }, model) => (apart ? [] : (scoresOf[model] ?? [])));
  const [held = [], ...ofModels] = await Promise.all([
    reader.read(golden, [...asked, ...inside], golden.keys.whole),
    ...plans.map(({ answers, own, apart }, model) =>
      apart ? reader.read(answers, scoresOf[model] ?? [], own ? answers.keys.whole : undefined) : [],
    ),
  ]);
  const together = held.slice(asked.length);
  const scores = plans.map(({ answers, apart }, model) =>
    apart ? (ofModels[model] ?? []) : together.splice(0, answers.scores.length),
  );
  const columns = held.slice(0, asked.length).map(({ values }) => values);
  const read = columns[0]?.length ?? 0;
  const needed = [...held.slice(0, 1), ...scores.flat()];
  if (room !== undefined && read !== rows) return undefined;
  if (!needed.every((column) => isWhole(column, read, room === undefined))) return undefined;
  return { rows: read, columns, scores: scores.map((of) => of.map(({ values }) => values as Float64Array)) };
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
