import type { Column } from '../../core/data/table';
import type { ChampionInput, FeatureArea, ModelGateConfig, ModelGateInput } from '../../core/model';
import { sliceName } from '../../core/model';
import type { DuckDbSession } from '../duckdb/session';
import {
  type AnswersRequest,
  type GroupRequest,
  type PredictionsRequest,
  type ReadPredictions,
  readPredictions,
} from '../predictions';
import { openGolden } from '../predictions/golden';
import { frequentLabels } from '../predictions/labels';
import type { Progress } from '../progress';
import { TableError } from '../table-error';
import { type FeatureRequest, featureAreas } from './feature-areas';

/** What is to be judged, and by what. */
export interface ModelEvidence {
  /** Groups and champion are added by what follows. */
  readonly request: Omit<PredictionsRequest, 'champion' | 'tolerance'>;
  readonly champion?: ChampionSource | undefined;
  readonly model: ModelGateConfig;
  /** Columns of the golden table that the model may see; none: leakage is not looked for. */
  readonly features: readonly Column[];
  /** Notes this use of the holdout and says how often it has been used; asked for a budget only. */
  readonly noteUse?: (() => Promise<number>) | undefined;
}

/** Answers that could not even be fetched are told as such. */
export type ChampionSource =
  | { readonly name: string; readonly answers: AnswersRequest }
  | { readonly name: string; readonly unreadable: string };

/** What evidence is read with. Whoever opened the session closes it. */
export interface ModelReading {
  readonly session: Promise<DuckDbSession>;
  readonly progress: Progress;
}

/**
 * Reads everything that the judge needs.
 *
 * @throws TableError for a holdout or a challenger that cannot be read; a champion's is evidence of its own
 */
export async function gatherModelInput(
  evidence: ModelEvidence,
  { session: opening, progress }: ModelReading,
): Promise<ModelGateInput> {
  const { model, request } = evidence;
  const { groups, groupOf } = groupsOf(model);
  const full: PredictionsRequest = {
    ...request,
    golden: { ...request.golden, groups },
    tolerance: model.sanity.tolerance,
    threshold: model.threshold,
    compareLosses: model.promotion.metric === 'log_loss' || model.promotion.metric === 'brier',
    compareGroups: model.slices.some(({ metrics }) => metrics.roc_auc?.maxDrop !== undefined),
  };
  const session = await opening;
  // For features, last of all.
  progress.expect(1);
  const readBy = (asked: PredictionsRequest) => readPredictions(session, asked, progress);
  const { read, champion } = await readBoth(readBy, full, evidence.champion);
  const holdout = await withLabels(session, full, read);
  const base = { task: request.task, groupOf, ...read, holdout, ...(champion === undefined ? {} : { champion }) };
  const { columns } = read;
  if (columns === undefined) return base;
  const features = await progress.step(() => featuresOf(session, full, evidence, columns.rows));
  const uses = model.holdout.budget === undefined ? undefined : await countUses(evidence);
  return { ...base, ...(features === undefined ? {} : { features }), ...(uses === undefined ? {} : { uses }) };
}

/** One group for each column and condition that is asked for, and which of them each entry looks at. */
export function groupsOf({ slices, fairness }: Pick<ModelGateConfig, 'slices' | 'fairness'>) {
  const groups: GroupRequest[] = [];
  const find = (group: GroupRequest): number => {
    const known = groups.findIndex((other) => JSON.stringify(other) === JSON.stringify(group));
    return known >= 0 ? known : groups.push(group) - 1;
  };
  const ofSlices = slices.map((slice) =>
    slice.where === undefined
      ? find({ name: slice.column ?? '', column: slice.column ?? '' })
      : find({ name: sliceName(slice), where: slice.where }),
  );
  const ofFairness = fairness.map(({ column }) => find({ name: column, column }));
  return { groups, groupOf: { slices: ofSlices, fairness: ofFairness } };
}

/** A label that never is the positive one is told with the values that it has. */
async function withLabels(
  session: DuckDbSession,
  { task, golden }: PredictionsRequest,
  { holdout, columns }: Both['read'],
): Promise<ModelGateInput['holdout']> {
  if (task !== 'binary' || columns === undefined || columns.labels.includes(1)) return holdout;
  const labels = await frequentLabels(session, await openGolden(session, task, { ...golden, groups: [] }));
  return { ...holdout, neverPositive: { positive: String(golden.positive ?? 1), labels } };
}

interface Both {
  readonly read: Omit<ReadPredictions, 'champion'>;
  readonly champion?: ChampionInput;
}

async function readBoth(
  read: (asked: PredictionsRequest) => Promise<ReadPredictions>,
  request: PredictionsRequest,
  source: ChampionSource | undefined,
): Promise<Both> {
  if (source === undefined) return { read: await read(request) };
  if ('unreadable' in source) return { read: await read(request), champion: source };
  const { name, answers } = source;
  try {
    const { champion, ...rest } = await read({ ...request, champion: answers });
    return champion === undefined ? { read: rest } : { read: rest, champion: { name, tally: champion } };
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    // If the rest cannot be read either, this throws what is wrong with it.
    return { read: await read(request), champion: { name, unreadable: error.message } };
  }
}

async function featuresOf(
  session: DuckDbSession,
  { task, golden }: PredictionsRequest,
  { features, model }: ModelEvidence,
  rows: number,
): Promise<readonly FeatureArea[] | undefined> {
  const { verdict, ignore } = model.sanity.leakage;
  if (verdict === 'off') return undefined;
  const asked = features
    .filter(({ name }) => !ignore.includes(name))
    .map(({ name, type }): FeatureRequest => ({ name, isText: type === 'string' }));
  if (asked.length === 0) return undefined;
  return featureAreas(session, await openGolden(session, task, { ...golden, groups: [] }), asked, rows);
}

async function countUses({ noteUse }: ModelEvidence): Promise<ModelGateInput['uses']> {
  if (noteUse === undefined) return { unknown: 'this command has nowhere to count them; --workload has' };
  try {
    return await noteUse();
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
}
