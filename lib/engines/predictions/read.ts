import { hasRepeatedKey } from '../../core/kernels/keys';
import type { AnswerTally, HoldoutTally, Tally } from '../../core/model/input';
import { type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import { type Answers, JOINED, openAnswers } from './answers';
import { judgedColumns } from './assemble';
import { type Golden, goldenColumns, openGolden } from './golden';
import { joinedScores } from './join';
import { rankModels } from './rank';
import type { AnswersRequest, PredictionsRequest, ReadPredictions, TableFiles } from './request';
import { type StreamColumn, streamColumns, type Values } from './stream';
import { tallyAnswers, tallyHoldout } from './tally';

/** Stands for a missing key: where it is met, keys are looked at one by one. Its words are 0 and −2³¹. */
const NO_KEY = sql`(-9223372036854775807 - 1)`;

/**
 * Reads the golden rows and the answers of both models into columns, aligned by key. Tables whose keys come in the same order
 * are read side by side; others are joined. What does not fit is counted, with examples, by SQL that looks at every row again.
 *
 * @throws TableError for files that are no tables, lack a column, or have weights below 0
 */
export async function readPredictions(session: DuckDbSession, request: PredictionsRequest): Promise<ReadPredictions> {
  const { task } = request;
  const golden = await openGolden(session, task, request.golden);
  const open = (answers: PredictionsRequest['challenger']) =>
    openAnswers(session, task, answers, request.golden.key, golden.classes);
  const challenger = await open(request.challenger);
  const champion = request.champion === undefined ? undefined : await open(request.champion);
  const models = champion === undefined ? [challenger] : [challenger, champion];
  const aligned = await readAligned(session, request, golden, models);
  if (aligned !== undefined) {
    const { rows, columns, scores, keys } = aligned;
    const read = finish(golden, columns, scores, noTallies(rows, models));
    if (await rank(request, read, () => keys === undefined || !hasRepeatedKey(keys))) return read;
  }
  const read = await readUnaligned(session, request, golden, models);
  await rank(request, read, () => true);
  return read;
}

/** @returns what `isSound` says, which is asked while another thread ranks */
async function rank(
  request: PredictionsRequest,
  { columns }: ReadPredictions,
  isSound: () => boolean,
): Promise<boolean> {
  return request.task !== 'binary' || columns === undefined ? isSound() : rankModels(columns, request, isSound);
}

interface Aligned {
  readonly rows: number;
  readonly columns: readonly Values[];
  readonly scores: readonly (readonly Float64Array[])[];
  /** Whole numbers, not yet known to differ. */
  readonly keys?: BigInt64Array;
}

/** Everything, if keys are the same in the same order and nothing is missing anywhere; `undefined` otherwise. */
async function readAligned(
  session: DuckDbSession,
  request: PredictionsRequest,
  golden: Golden,
  models: readonly Answers[],
): Promise<Aligned | undefined> {
  const plans = planOf(request, golden, models);
  const separate = plans.flatMap(({ answers, own }) => (own ? [answers] : []));
  const whole = [golden, ...separate].every(({ keys }) => keys.whole !== undefined);
  if (!whole && !(await keysMatch(session, golden, separate))) return undefined;
  const key = (of: Sql | undefined): readonly StreamColumn[] =>
    whole && of !== undefined ? [{ value: sql`coalesce(${of}, ${NO_KEY})`, kind: 'BIGINT' }] : [];
  const expected = await rowsIn(session, golden);
  const asked = [...key(golden.keys.whole), ...goldenColumns(golden)];
  const inside = plans.flatMap(({ answers, apart }) => (apart ? [] : answers.scores.map(asDouble)));
  const [held, ...ofModels] = await Promise.all([
    streamColumns(session, golden.from, [...asked, ...inside], expected),
    ...plans.map(({ answers: { from, keys, scores }, own, apart }) => {
      const columns = [...(own ? key(keys.whole) : []), ...scores.map(asDouble)];
      return apart ? streamColumns(session, from, columns, expected) : [];
    }),
  ]);
  const columns = held.slice(whole ? 1 : 0, asked.length);
  const rows = columns[0]?.length ?? 0;
  const theirKeys = plans.flatMap(({ own }, index) => (own ? [ofModels[index]?.[0]] : []));
  const keys = whole ? (held[0] as BigInt64Array) : undefined;
  if (keys !== undefined && !areAlike(keys, theirKeys)) return undefined;
  const together = held.slice(asked.length);
  const scores = plans.map(({ answers, own, apart }, index): Float64Array[] => {
    const values = apart ? ofModels[index]?.slice(whole && own ? 1 : 0) : together.splice(0, answers.scores.length);
    return values as Float64Array[];
  });
  const all = [columns[0] as Float64Array, ...scores.flat()];
  if (!all.every((column) => column.length === rows && allFinite(column))) return undefined;
  return { rows, columns, scores, ...(keys === undefined ? {} : { keys }) };
}

/** How a model's answers are read: from a file of their own or the golden one, and apart from its rows or with them. */
interface Plan {
  readonly answers: Answers;
  readonly own: boolean;
  readonly apart: boolean;
}

function planOf(request: PredictionsRequest, golden: Golden, models: readonly Answers[]): readonly Plan[] {
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

/** Told by Parquet's footer; a text file would have to be read for it. */
async function rowsIn(session: DuckDbSession, { format, from }: Golden): Promise<number> {
  if (format !== 'parquet') return 0;
  return (await session.rows<{ n: number }>(sql`SELECT count(*) AS n FROM ${from}`))[0]?.n ?? 0;
}

const asDouble = (score: Sql): StreamColumn => ({
  value: sql`coalesce(${score}, CAST('NaN' AS DOUBLE))`,
  kind: 'DOUBLE',
});

function isSame(a: TableFiles, b: TableFiles): boolean {
  return a.name === b.name && a.paths.length === b.paths.length && a.paths.every((p, i) => p === b.paths[i]);
}

/** Keys are there, and the same in every table. */
function areAlike(keys: BigInt64Array, others: readonly (Values | undefined)[]): boolean {
  const words = new Int32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
  for (const other of others) {
    if (other === undefined || other.length !== keys.length) return false;
    const theirs = new Int32Array(other.buffer, other.byteOffset, 2 * other.length);
    for (let word = 0; word < words.length; word += 1) if (words[word] !== theirs[word]) return false;
  }
  for (let word = 0; word < words.length; word += 2) {
    if (words[word] === 0 && words[word + 1] === -(2 ** 31)) return false;
  }
  return true;
}

/** The same for keys that are text, told by SQL. */
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

function allFinite(column: Float64Array): boolean {
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row] as number;
    if (!(value - value === 0)) return false;
  }
  return true;
}

const NONE: Tally = { count: 0, examples: [] };

interface Tallies {
  readonly holdout: HoldoutTally;
  readonly models: readonly AnswerTally[];
}

function noTallies(rows: number, models: readonly Answers[]): Tallies {
  const answered = { answers: rows, missing: NONE, unknown: NONE, repeated: NONE, differing: NONE, invalid: NONE };
  return {
    holdout: { rows, keyless: 0, repeated: NONE, unlabelled: NONE },
    models: models.map(() => answered),
  };
}

async function readUnaligned(
  session: DuckDbSession,
  request: PredictionsRequest,
  golden: Golden,
  models: readonly Answers[],
): Promise<ReadPredictions> {
  const holdout = await tallyHoldout(session, golden);
  const sound = holdout.rows > 0 && holdout.keyless + holdout.repeated.count + holdout.unlabelled.count === 0;
  const tallies: AnswerTally[] = [];
  const scores: (readonly Float64Array[])[] = [];
  for (const model of models) {
    const found = await tallyAnswers(session, golden, model, request.tolerance ?? 0);
    tallies.push(found);
    const complete = found.missing.count + found.invalid.count === 0;
    scores.push(sound && complete ? await joinedScores(session, golden, model) : []);
  }
  const columns = sound ? await streamColumns(session, golden.from, goldenColumns(golden)) : [];
  return finish(golden, columns, scores, { holdout, models: tallies });
}

/** @param scores of each model; empty where it cannot be judged */
function finish(
  golden: Golden,
  columns: readonly Values[],
  scores: readonly (readonly Float64Array[])[],
  { holdout, models }: Tallies,
): ReadPredictions {
  const [challenger, champion] = models;
  if (challenger === undefined) throw new RangeError('a challenger is read');
  const [ofChallenger = [], ofChampion = []] = scores;
  const judged = ofChallenger.length > 0 && holdout.rows > 0;
  return {
    holdout,
    challenger,
    ...(champion === undefined ? {} : { champion }),
    ...(judged ? { columns: judgedColumns(golden, columns, ofChallenger, ofChampion) } : {}),
  };
}
