import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Gates } from '../config/gates';
import { loadGates } from '../config/load';
import { type ChampionInput, type HoldoutRow, judgeModel, type Prediction } from '../core/model';
import type { Check, ReleaseIdentity, Report } from '../core/report/report';
import { TableError } from '../engines/rows';
import { type ReleaseDocument, RUN_KEYS, type TrainingDocument } from '../pipeline/contract';
import { insideRun, UsageError } from '../release/environment';
import { ObjectMissing, parseS3Uri } from '../release/objects';
import { openRun, type RunFolder } from '../release/run-folder';
import { checkIntegrity } from './data';
import { addGateOutputOptions, buildReport, concludeGate, type GateOutputOptions } from './gate-output';
import { readHoldout, readPredictions } from './model-input';

interface ModelOptions extends GateOutputOptions {
  readonly workload?: string;
  readonly predictions?: string;
  readonly champion?: string;
  readonly data?: string;
  readonly reportOnly?: boolean;
}

/** `assay gate model`. */
export function registerModelGate(gate: Command): void {
  addGateOutputOptions(
    gate
      .command('model')
      .description('judge predictions of the golden holdout: sanity, metrics, slices, promotion')
      .option('--workload <dir>', 'folder with gates.yaml (outside a run of the pipeline)')
      .option('--predictions <file>', 'JSON Lines as batch transform writes them; needed with --workload')
      .option('--champion <file>', "the champion's predictions of the same rows")
      .option('--data <dir>', 'folder with the holdout; default: dataset.path of gates.yaml')
      .option('--report-only', 'exit 0 whenever there is a report, whatever its verdict'),
  ).action(async (options: ModelOptions) => {
    const code = await gateModel(options);
    process.exitCode = options.reportOnly === true ? 0 : code;
  });
}

async function gateModel(options: ModelOptions): Promise<number> {
  const { workload, predictions, champion, data } = options;
  if (workload !== undefined) {
    if (predictions === undefined) throw new UsageError('--workload needs --predictions FILE: what is to be judged');
    return concludeGate(await judgeModelFiles({ workload, predictions, champion, data }), options);
  }
  if (!insideRun(process.env)) {
    throw new UsageError('outside a run of the pipeline, --workload DIR and --predictions FILE say what to judge');
  }
  const folder = openRun(process.env);
  return concludeGate(await judgeModelRun(folder), options, { folder, name: 'model' });
}

export interface ModelFiles {
  readonly workload: string;
  readonly predictions: string;
  readonly champion?: string | undefined;
  readonly data?: string | undefined;
}

/** Judges local files. */
export async function judgeModelFiles({ workload, predictions, champion, data }: ModelFiles): Promise<Report> {
  const { gates } = loadGates(workload);
  const { dataset } = gates;
  const folder = data === undefined ? resolve(workload, dataset.path) : resolve(data);
  const holdout = join(folder, dataset.holdout);
  const absent = [holdout, predictions, ...(champion === undefined ? [] : [champion])].find(
    (file) => !existsSync(file),
  );
  if (absent !== undefined) throw new UsageError(`${absent}: there is no such file`);
  const read = (file: string) => () => readPredictions(file, createReadStream(file), gates);
  const checks = await judge(gates, {
    holdout: () => readHoldout(dataset.holdout, holdout, gates),
    challenger: read(predictions),
    ...(champion === undefined ? {} : { champion: { name: basename(champion), predictions: read(champion) } }),
  });
  return buildReport({ gate: 'model', release: { model: basename(predictions) }, checks }, new Date());
}

/** Judges the predictions of a run on the holdout that `release.json` pins. */
export async function judgeModelRun(run: RunFolder): Promise<Report> {
  const release = await run.release();
  const training = await run.readJson<TrainingDocument>(RUN_KEYS.training);
  const gates = release.gates as Gates;
  const { holdout } = release.dataset;
  const folder = mkdtempSync(join(tmpdir(), 'assay-model-'));
  try {
    const file = join(folder, 'holdout');
    const integrity = await checkIntegrity(run, holdout, file);
    const judged =
      integrity.verdict !== 'pass' ? [] : await judge(gates, sourcesOf(run, training, gates, holdout.path, file));
    const checks = [integrity, ...judged];
    return buildReport({ gate: 'model', release: identityOf(release, training), checks }, new Date());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function identityOf(release: ReleaseDocument, training: TrainingDocument): ReleaseIdentity {
  const { name, version, digest, holdout } = release.dataset;
  return {
    commit: release.commit,
    dataset: { name, version, sha256: digest, rows: holdout.rows },
    model: training.modelName,
    image: release.image,
  };
}

/** Evidence that is opened one after the other, so that what cannot be read becomes a check and not a stack trace. */
interface Sources {
  readonly holdout: () => Promise<readonly HoldoutRow[]>;
  readonly challenger: () => Promise<readonly Prediction[]>;
  readonly champion?: { readonly name: string; readonly predictions: () => Promise<readonly Prediction[]> };
}

function sourcesOf(run: RunFolder, training: TrainingDocument, gates: Gates, name: string, file: string): Sources {
  const read = (folderUri: string | undefined) => async () => {
    if (folderUri === undefined) throw new ObjectMissing('training.json names no predictions');
    const uri = `${folderUri.replace(/\/$/, '')}/${basename(RUN_KEYS.transformInput)}.out`;
    const { bucket, key } = parseS3Uri(uri);
    return readPredictions(uri, (await run.store.read(bucket, key)).body, gates);
  };
  const { champion, challengerPredictionsUri, championPredictionsUri } = training;
  return {
    holdout: () => readHoldout(name, file, gates),
    challenger: read(challengerPredictionsUri),
    ...(champion === undefined
      ? {}
      : { champion: { name: champion.modelPackageArn, predictions: read(championPredictionsUri) } }),
  };
}

async function judge(gates: Gates, sources: Sources): Promise<readonly Check[]> {
  const rows = await attempt('sanity.holdout', sources.holdout);
  if ('check' in rows) return [rows.check];
  const challenger = await attempt('sanity.complete', sources.challenger);
  if ('check' in challenger) return [challenger.check];
  const champion = sources.champion === undefined ? {} : { champion: await readChampion(sources.champion) };
  return judgeModel(
    { task: gates.dataset.task, rows: rows.value, challenger: challenger.value, ...champion },
    gates.model,
  );
}

async function readChampion({ name, predictions }: Required<Sources>['champion']): Promise<ChampionInput> {
  const read = await attempt('promotion', predictions);
  return 'value' in read ? { name, predictions: read.value } : { name, unreadable: read.check.reason };
}

/** Evidence that is not there is inconclusive; evidence that is damaged fails. */
async function attempt<T>(
  id: string,
  read: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly check: Check }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof ObjectMissing) return { check: { id, verdict: 'inconclusive', reason: error.message } };
    if (error instanceof TableError) return { check: { id, verdict: 'fail', reason: error.message } };
    throw error;
  }
}
