import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Gates } from '../config/gates';
import type { Baseline } from '../core/drift/baseline';
import { baselineOf } from '../core/drift/baseline';
import type { ColumnCounts, UncomparedColumn } from '../core/drift/column';
import { joinBaselines, predictionBaseline } from '../core/monitoring/predictions';
import { plural } from '../core/report/format';
import { batchScores } from '../core/serving/sample';
import { scanDrift } from '../engines/drift/scan';
import { type PinnedFile, type ReleaseDocument, RUN_KEYS, type TrainingDocument } from '../pipeline/contract';
import { fetchObject, mismatch } from './golden';
import { parseS3Uri } from './objects';
import type { RunFolder } from './run-folder';

/**
 * Pins what the release was judged on, in bins: every feature of the train file, and what the model answered on the
 * holdout. Live traffic is held against this for as long as the release serves.
 *
 * @returns one line that says what was pinned
 * @throws BaselineUnknown when an answer is missing or cannot be read, or what is to be watched has no bins, Error when a pinned file is not as it was pinned
 */
export async function writeBaseline(run: RunFolder, now: Date): Promise<string> {
  const release = await run.release();
  const gates = release.gates as Gates;
  const { baseline: features, leftOut } = await featureBaseline(run, release, gates, now);
  const predictions = predictionBaseline(
    await holdoutAnswers(run, gates),
    { task: gates.dataset.task, classes: gates.dataset.classes?.map(String) },
    gates.monitoring.drift.bins,
  );
  const baseline = joinBaselines(features, predictions);
  checkWatched(gates.monitoring.drift.columns, baseline, leftOut);
  const uri = await run.writeJson(RUN_KEYS.baseline, baseline);
  const unwatched = leftOut.map(({ reason }) => `; not watched: ${reason}`).join('');
  return `baseline of ${plural(features.columns.length, 'feature')} and ${predictions.map(({ name }) => name).join(', ')}: ${uri}${unwatched}`;
}

/** @throws BaselineUnknown for a column that is to be watched and has no bins: nobody would ever look at it */
function checkWatched(columns: readonly string[] = [], baseline: Baseline, leftOut: readonly UncomparedColumn[]): void {
  const known = baseline.columns.map(({ name }) => name);
  const lost = columns.find((name) => !known.includes(name));
  if (lost === undefined) return;
  const reason = leftOut.find(({ name }) => name === lost)?.reason ?? `it has ${known.join(', ')}`;
  throw new BaselineUnknown(`monitoring.drift.columns names ${lost}, which the baseline does not have: ${reason}`);
}

async function featureBaseline(
  run: RunFolder,
  { dataset: pinned }: ReleaseDocument,
  { dataset, monitoring }: Gates,
  now: Date,
): Promise<{ readonly baseline: Baseline; readonly leftOut: readonly UncomparedColumn[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-baseline-'));
  const types = Object.entries(dataset.columns).map(([name, type]) => ({ name, type }));
  const fetched = async (file: PinnedFile, name: string) => {
    const path = join(folder, `${name}-${basename(file.path)}`);
    const { sha256 } = await fetchObject(run.store, file.s3Uri, path, file.versionId);
    if (sha256 !== file.sha256) throw new Error(mismatch(file.path, file.sha256, sha256));
    return { paths: [path], name: file.path, types };
  };
  try {
    const columns = await scanDrift({
      reference: await fetched(pinned.train, 'train'),
      // Bins are those of the train file alone; the scan compares two samples, and this is the small one.
      current: await fetched(pinned.holdout, 'holdout'),
      keys: [dataset.key, dataset.label],
      bins: monitoring.drift.bins,
    });
    const compared = columns.filter((column): column is ColumnCounts => column.kind !== 'uncompared');
    return {
      baseline: baselineOf(`${pinned.name} ${pinned.version}, ${pinned.train.path}`, compared, now),
      leftOut: columns.filter((column): column is UncomparedColumn => column.kind === 'uncompared'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The challenger's numbers for each holdout row. */
async function holdoutAnswers(run: RunFolder, { dataset, serving }: Gates): Promise<readonly (readonly number[])[]> {
  const { challengerPredictionsUri } = await run.readJson<TrainingDocument>(RUN_KEYS.training);
  const uri = `${challengerPredictionsUri.replace(/\/$/, '')}/${basename(RUN_KEYS.transformInput)}.out`;
  const { bucket, key } = parseS3Uri(uri);
  const shape = { task: dataset.task, fields: serving.fields, classes: dataset.classes?.map(String) };
  try {
    const lines = (await run.store.readText(bucket, key)).split('\n').filter((line) => line.trim() !== '');
    const rows = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    return [...batchScores(rows, dataset.key, shape).values()];
  } catch (error) {
    throw new BaselineUnknown(`${uri}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The model's answers on the holdout are missing, or are none; or a column that is to be watched cannot be. */
export class BaselineUnknown extends Error {
  override readonly name = 'BaselineUnknown';
}
