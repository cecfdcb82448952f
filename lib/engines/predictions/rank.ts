import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { rememberRanked } from '../../core/kernels/memo';
import { type RankPlan, rankRoom } from '../../core/kernels/rank-models';
import { BinaryRoom, type Reserve } from '../../core/kernels/room';
import type { ModelColumns } from '../../core/model/columns';
import { Crew } from '../crew';
import type { PredictionsRequest } from './request';

/** Below this, the judge looks at the rows itself before a memory and a thread are made. */
export const WORTH_RANKING = 50_000;

export interface RankOptions extends Pick<PredictionsRequest, 'threshold' | 'compareGroups' | 'compareLosses'> {
  /** @default one a core */
  readonly threads?: number;
}

/** A room for columns that are still to be read, and whoever is to rank them. */
export interface Workshop {
  readonly room: BinaryRoom;
  readonly crew: Crew;
}

/**
 * Makes room for a binary task, and starts the thread that will help with it.
 *
 * @param rows how many there will be
 * @param groups values of each group column
 * @param reserve takes room for others
 * @returns `undefined` for too few rows, or too many
 */
export function openWorkshop(
  rows: number,
  models: number,
  groups: readonly number[],
  { threads = availableParallelism(), compareGroups = true }: RankOptions,
  reserve?: Reserve,
): Workshop | undefined {
  if (rows < WORTH_RANKING) return undefined;
  const paired = compareGroups && models > 1;
  const room = BinaryRoom.of({ rows, models, groups, paired }, reserve);
  if (room === undefined) return undefined;
  // Each kernel runs once and long: code that is made quickly to be replaced later would never be replaced.
  setFlagsFromString('--no-liftoff');
  return { room, crew: new Crew(room.memory, threads) };
}

/**
 * Ranks both models of a binary task before the judge asks. How many threads there are cannot be seen in the result: work is cut
 * into the same parts, and what is added up over them is whole numbers, or added in the same order. A score that is no number
 * leaves all unranked: the judge's own look at it throws, and says which.
 *
 * @param columns of a binary task: labels 0 and 1, one column a model
 * @param workshop where the columns lie, if they were read into its room
 * @returns false if a score is no finite number
 */
export async function rankModels(
  columns: ModelColumns,
  options: RankOptions = {},
  workshop: Workshop | undefined = moveIn(columns, options),
): Promise<boolean> {
  if (workshop === undefined) return true;
  const { room, crew } = workshop;
  try {
    const ranked = await crew.run(rankRoom(room, planOf(options)));
    if (ranked !== undefined) rememberRanked(columns, ranked);
    return ranked !== undefined;
  } finally {
    crew.close();
  }
}

const planOf = ({ threshold = 0.5, compareLosses = true }: RankOptions): RankPlan => ({ threshold, compareLosses });

/** Copies columns that were read elsewhere. */
function moveIn(columns: ModelColumns, options: RankOptions): Workshop | undefined {
  const models = [columns.challenger, columns.champion].flatMap((model) => model?.columns[0] ?? []);
  const counts = columns.groups.map(({ names }) => names.length);
  const workshop = openWorkshop(columns.rows, models.length, counts, options);
  if (workshop === undefined) return undefined;
  const { room } = workshop;
  room.labels.set(columns.labels);
  for (const [index, { codes }] of columns.groups.entries()) room.codes[index]?.set(codes);
  for (const [index, scores] of models.entries()) room.scores[index]?.set(scores);
  return workshop;
}
