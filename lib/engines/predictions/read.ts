import type { AnswerTally, HoldoutTally, Tally } from '../../core/model/input';
import type { DuckDbSession } from '../duckdb/session';
import { Progress } from '../progress';
import { readAligned } from './aligned';
import { type Answers, openAnswers } from './answers';
import { judgedColumns } from './assemble';
import { type Golden, goldenColumns, openGolden } from './golden';
import { joinedScores } from './join';
import { rankModels, type Workshop } from './rank';
import type { PredictionsRequest, ReadPredictions } from './request';
import { streamColumns, type Values } from './stream';
import { tallyAnswers, tallyHoldout } from './tally';

/** Of a pass over all rows, beside opening a table. */
const WEIGHT = 5;

/**
 * Reads the golden rows and the answers of both models into columns, aligned by key. Tables whose keys come in the same order
 * are read side by side; others are joined. What does not fit is counted, with examples, by SQL that looks at every row again.
 *
 * @param progress told what is done, if somebody watches
 * @throws TableError for files that are no tables, lack a column, or have weights below 0
 */
export async function readPredictions(
  session: DuckDbSession,
  request: PredictionsRequest,
  progress = new Progress(),
): Promise<ReadPredictions> {
  const { task } = request;
  progress.expect((request.champion === undefined ? 2 : 3) + WEIGHT);
  const golden = await progress.step(() => openGolden(session, task, request.golden));
  const open = (answers: PredictionsRequest['challenger']) =>
    progress.step(() => openAnswers(session, task, answers, request.golden.key, golden.classes));
  const challenger = await open(request.challenger);
  const champion = request.champion === undefined ? undefined : await open(request.champion);
  const models = champion === undefined ? [challenger] : [challenger, champion];
  const aligned = await progress.step(async () => {
    const found = await readAligned(session, request, golden, models);
    // Before this step is done, or it would seem that all is.
    if (found === undefined) progress.expect(WEIGHT * (2 + 2 * models.length));
    return found;
  }, WEIGHT);
  if (aligned !== undefined) {
    const { rows, columns, scores, workshop } = aligned;
    try {
      const read = finish(golden, columns, scores, noTallies(rows, models));
      if (await rank(request, read, workshop)) return read;
    } finally {
      workshop?.crew.close();
    }
  }
  const read = await readUnaligned({ session, progress }, request, golden, models);
  await rank(request, read);
  return read;
}

/** @returns false if a score turned out to be no finite number */
async function rank(request: PredictionsRequest, { columns }: ReadPredictions, workshop?: Workshop): Promise<boolean> {
  return request.task !== 'binary' || columns === undefined || rankModels(columns, request, workshop);
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
  { session, progress }: { readonly session: DuckDbSession; readonly progress: Progress },
  request: PredictionsRequest,
  golden: Golden,
  models: readonly Answers[],
): Promise<ReadPredictions> {
  const holdout = await progress.step(() => tallyHoldout(session, golden), WEIGHT);
  const sound = holdout.rows > 0 && holdout.keyless + holdout.repeated.count + holdout.unlabelled.count === 0;
  const tallies: AnswerTally[] = [];
  const scores: (readonly Float64Array[])[] = [];
  for (const model of models) {
    const found = await progress.step(() => tallyAnswers(session, golden, model, request.tolerance ?? 0), WEIGHT);
    tallies.push(found);
    const complete = found.missing.count + found.invalid.count === 0;
    const join = async () => (sound && complete ? joinedScores(session, golden, model) : []);
    scores.push(await progress.step(join, WEIGHT));
  }
  const stream = async () => (sound ? streamColumns(session, golden.from, goldenColumns(golden)) : []);
  const columns = await progress.step(stream, WEIGHT);
  return finish(
    golden,
    columns.map(({ values }) => values),
    scores,
    { holdout, models: tallies },
  );
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
