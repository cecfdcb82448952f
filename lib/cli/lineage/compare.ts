import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Gates } from '../../config/gates';
import type { LineageEnvironment } from '../../core/lineage/lineage';
import type { MetricPair, PredictionPair, ReproductionFacts } from '../../core/lineage/reproduction';
import type { ModelColumns } from '../../core/model/columns';
import type { AnswerTally } from '../../core/model/input';
import { type MetricName, measure } from '../../core/model/metrics/index';
import { plural } from '../../core/report/format';
import { DuckDbSession } from '../../engines/duckdb/session';
import { readPredictions } from '../../engines/predictions';
import { TableError } from '../../engines/table-error';
import { RUN_KEYS, type TrainingDocument } from '../../pipeline/contract';
import { FINGERPRINT } from '../../release/fingerprint';
import { ObjectMissing, parseS3Uri } from '../../release/objects';
import { readTar } from '../../release/tar-members';
import { answersRequest, goldenRequest } from '../model-input';
import type { Attempt } from './attempt';

/** Lays both trainings side by side: archives, environments, predictions, and the metrics of these. */
export async function gatherReproduction(
  attempt: Attempt,
  again: TrainingDocument,
  tolerance: number,
): Promise<ReproductionFacts> {
  const { original } = attempt;
  const [before, after] = await Promise.all([
    readModel(attempt, original.training.modelDataUrl),
    readModel(attempt, again.modelDataUrl),
  ]);
  const { predictions, columns } = await readPair(attempt, again);
  return {
    tolerance,
    models: { original: before.members, again: after.members },
    environments: {
      ...(before.environment === undefined ? {} : { original: before.environment }),
      ...(after.environment === undefined ? {} : { again: after.environment }),
    },
    predictions,
    metrics: columns === undefined ? [] : metricPairs(original.gates, columns, original.recorded),
  };
}

async function readModel({ run }: Attempt, uri: string) {
  const { bucket, key } = parseS3Uri(uri);
  const { members, text } = await readTar((await run.store.read(bucket, key)).body, FINGERPRINT);
  return { members, environment: text === undefined ? undefined : (JSON.parse(text) as LineageEnvironment) };
}

interface Pair {
  readonly predictions: PredictionPair;
  /** The new model as challenger, the release's as champion. */
  readonly columns?: ModelColumns;
}

/** What cannot be read or matched to rows is told; the release's own lost predictions prove nothing of the new ones. */
async function readPair(attempt: Attempt, again: TrainingDocument): Promise<Pair> {
  const { run, original, folder } = attempt;
  const before = join(folder, 'original.jsonl.out');
  const after = join(folder, 'again.jsonl.out');
  try {
    const first = await fetchAnswers(run.store, original.training.challengerPredictionsUri, before);
    const second = await fetchAnswers(run.store, again.challengerPredictionsUri, after);
    return await align(attempt, { path: before, name: first }, { path: after, name: second });
  } catch (error) {
    if (!(error instanceof ObjectMissing || error instanceof TableError)) throw error;
    const verdict = error instanceof ObjectMissing ? 'inconclusive' : 'fail';
    return { predictions: { problem: error.message, verdict } };
  }
}

interface Named {
  readonly path: string;
  readonly name: string;
}

async function align({ original, holdout }: Attempt, before: Named, after: Named): Promise<Pair> {
  const { gates, release } = original;
  const session = await DuckDbSession.open();
  try {
    const { columns, challenger, champion } = await readPredictions(session, {
      task: gates.dataset.task,
      golden: goldenRequest(gates, [holdout], release.dataset.holdout.path),
      challenger: answersRequest(gates, [after.path], after.name),
      champion: answersRequest(gates, [before.path], before.name),
      threshold: gates.model.threshold,
      compareGroups: false,
      compareLosses: false,
    });
    if (columns?.champion === undefined) return { predictions: unmatched(challenger, champion) };
    return { predictions: { original: columns.champion, again: columns.challenger }, columns };
  } finally {
    session.close();
  }
}

function unmatched(again: AnswerTally, original: AnswerTally | undefined): PredictionPair {
  const faults = faultsOf(again);
  if (faults !== '') return { problem: `the new predictions do not fit the holdout: ${faults}`, verdict: 'fail' };
  const told = original === undefined ? '' : faultsOf(original);
  const why = told === '' ? 'they cannot be matched to its rows' : told;
  return { problem: `the release's stored predictions do not fit the holdout: ${why}`, verdict: 'inconclusive' };
}

function faultsOf({ missing, unknown, invalid }: AnswerTally): string {
  return [
    ...(missing.count > 0 ? [`${plural(missing.count, 'row')} without an answer`] : []),
    ...(unknown.count > 0 ? [`${plural(unknown.count, 'answer')} for no row`] : []),
    ...(invalid.count > 0 ? [`${plural(invalid.count, 'answer')} that is no finite number`] : []),
  ].join(', ');
}

/** Every metric that the gates bound, and the one that promotions go by. */
function metricPairs(
  { model }: Gates,
  columns: ModelColumns,
  recorded: ReadonlyMap<string, number>,
): readonly MetricPair[] {
  const { metrics, promotion, parameters, threshold } = model;
  const names = new Set([...Object.keys(metrics), ...(promotion.metric === undefined ? [] : [promotion.metric])]);
  const { labels, classes, weights, clusters } = columns;
  const of = (name: MetricName, predictions: ModelColumns['challenger']) =>
    measure(name, { ...parameters, threshold, labels, classes, weights, clusters, predictions });
  return ([...names] as MetricName[]).map((name) => ({
    name,
    recorded: recorded.get(name),
    original: of(name, columns.champion ?? columns.challenger),
    again: of(name, columns.challenger),
  }));
}

async function fetchAnswers(store: Attempt['run']['store'], prefix: string, file: string): Promise<string> {
  const uri = `${prefix.replace(/\/$/, '')}/${basename(RUN_KEYS.transformInput)}.out`;
  const { bucket, key } = parseS3Uri(uri);
  await pipeline((await store.read(bucket, key)).body, createWriteStream(file));
  return uri;
}
