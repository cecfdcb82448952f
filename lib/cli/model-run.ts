import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Gates } from '../config/gates';
import { buildReport } from '../core/report/build';
import type { Check, Report } from '../core/report/report';
import type { ChampionSource, ModelEvidence } from '../engines/model/gather';
import { type ReleaseDocument, RUN_KEYS, type TrainingDocument } from '../pipeline/contract';
import { noteUse, storedUses } from '../release/holdout-uses';
import { ObjectMissing, parseS3Uri } from '../release/objects';
import type { RunFolder } from '../release/run-folder';
import { checkIntegrity } from './integrity';
import { answersRequest, digestOf, featuresOf, goldenRequest, readEvidence } from './model-input';
import { whileReading } from './model-reading';
import { modelIdentity } from './release-identity';

/** Judges the predictions of a run on the holdout that `release.json` pins. */
export async function judgeModelRun(run: RunFolder): Promise<Report> {
  const release = await run.release();
  const training = await run.readJson<TrainingDocument>(RUN_KEYS.training);
  const { holdout } = release.dataset;
  const folder = mkdtempSync(join(tmpdir(), 'assay-model-'));
  try {
    const file = join(folder, basename(holdout.path));
    const integrity = await checkIntegrity(run, holdout, file);
    const judged = integrity.verdict !== 'pass' ? [] : await judgeRun(run, release, training, file);
    return buildReport(
      { gate: 'model', release: modelIdentity(release, training), checks: [integrity, ...judged] },
      new Date(),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param holdout the pinned file, beside which predictions are put */
async function judgeRun(
  run: RunFolder,
  release: ReleaseDocument,
  training: TrainingDocument,
  holdout: string,
): Promise<readonly Check[]> {
  const gates = release.gates as Gates;
  const { digest, holdout: pinned } = release.dataset;
  const fetched = (name: string) => join(holdout, '..', `${name}.jsonl.out`);
  const challenger = fetched('challenger');
  let uri: string;
  try {
    uri = await fetchAnswers(run, training.challengerPredictionsUri, challenger);
  } catch (error) {
    // Evidence that is not there is inconclusive; evidence that is damaged fails.
    if (!(error instanceof ObjectMissing)) throw error;
    return [{ id: 'sanity.complete', verdict: 'inconclusive', reason: error.message }];
  }
  const evidence: ModelEvidence = {
    request: {
      task: gates.dataset.task,
      golden: goldenRequest(gates, [holdout], pinned.path),
      challenger: answersRequest(gates, [challenger], uri),
    },
    champion: await championOf(run, training, gates, fetched('champion')),
    model: gates.model,
    features: featuresOf(gates),
    noteUse: async () => {
      const use = { predictions: await digestOf(challenger), at: new Date().toISOString(), by: run.runId };
      return noteUse(storedUses(run.store, run.bucket, digest), digest, use);
    },
  };
  const judge = await whileReading((reading) => readEvidence(evidence, reading));
  return judge();
}

async function championOf(
  run: RunFolder,
  { champion, championPredictionsUri }: TrainingDocument,
  gates: Gates,
  file: string,
): Promise<ChampionSource | undefined> {
  if (champion === undefined) return undefined;
  const name = champion.modelPackageArn;
  try {
    return { name, answers: answersRequest(gates, [file], await fetchAnswers(run, championPredictionsUri, file)) };
  } catch (error) {
    if (!(error instanceof ObjectMissing)) throw error;
    return { name, unreadable: error.message };
  }
}

/**
 * Fetches what batch transform answered.
 *
 * @returns where it lies
 * @throws ObjectMissing if training named none, or it is not there
 */
async function fetchAnswers(run: RunFolder, prefix: string | undefined, file: string): Promise<string> {
  if (prefix === undefined) throw new ObjectMissing('training.json names no predictions');
  const uri = `${prefix.replace(/\/$/, '')}/${basename(RUN_KEYS.transformInput)}.out`;
  const { bucket, key } = parseS3Uri(uri);
  await pipeline((await run.store.read(bucket, key)).body, createWriteStream(file));
  return uri;
}
