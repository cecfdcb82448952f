import type { AnswerTally, HoldoutTally, Tally } from '../../core/model/input';
import type { DuckDbSession } from '../duckdb/session';
import { readAligned } from './aligned';
import { type Answers, openAnswers } from './answers';
import { judgedColumns } from './assemble';
import { type Golden, goldenColumns, openGolden } from './golden';
import { joinedScores } from './join';
import { rankModels, type Workshop } from './rank';
import type { PredictionsRequest, ReadPredictions } from './request';
import { streamColumns, type Values } from './stream';
import { tallyAnswers, tallyHoldout } from './tally';

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
    const { rows, columns, scores, workshop } = aligned;
    try {
      const read = finish(golden, columns, scores, noTallies(rows, models));
      if (await rank(request, read, workshop)) return read;
    } finally {
      workshop?.crew.close();
    }
  }
  const read = await readUnaligned(session, request, golden, models);
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
