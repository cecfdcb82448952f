import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Gates } from '../config/gates';
import { loadGates } from '../config/load';
import { type BehaviourAnswers, baseRows, judgeBehaviour, probeRows } from '../core/behaviour';
import { buildReport } from '../core/report/build';
import type { Check, Report } from '../core/report/report';
import { answersByKey, answersInOrder, linesOf } from '../engines/behaviour/answers';
import { type PreparedBehaviour, prepareBehaviour } from '../engines/behaviour/plan';
import { TableError } from '../engines/rows';
import { RUN_KEYS, type TrainingDocument } from '../pipeline/contract';
import { insideRun, UsageError } from '../release/environment';
import { ObjectMissing, parseS3Uri } from '../release/objects';
import { openRun, type RunFolder } from '../release/run-folder';
import { transformInput } from '../release/transform-input';
import type { EndpointOptions } from './behaviour-endpoint';
import { addGateOutputOptions, concludeGate, type GateOutputOptions, writeTo } from './gate-output';
import { checkIntegrity } from './integrity';
import { modelIdentity } from './release-identity';

interface BehaviourOptions extends GateOutputOptions, EndpointOptions {
  readonly workload?: string;
  readonly data?: string;
  readonly predictions?: string;
  readonly writeInputs?: string;
  readonly reportOnly?: boolean;
}

/** `assay gate behaviour`. */
export function registerBehaviourGate(gate: Command): void {
  const command = gate
    .command('behaviour')
    .description('judge what the model does to rows chosen or changed on purpose (behaviour of gates.yaml)')
    .option('--workload <dir>', 'folder with gates.yaml (outside a run of the pipeline)')
    .option('--data <dir>', 'folder with the holdout; default: dataset.path of gates.yaml')
    .option('--write-inputs <file>', 'write the rows to be scored, one JSON object a line, and end')
    .option('--predictions <file>', 'answers to those rows in the same order, one JSON value a line')
    .option('--endpoint <name>', 'SageMaker endpoint to ask')
    .option('--variant <name>', 'its variant; default: by weight')
    .option('--rate <n>', 'requests a second at most', positive, 50)
    .option('--report-only', 'exit 0 whenever there is a report, whatever its verdict');
  addGateOutputOptions(command).action(async (options: BehaviourOptions) => {
    const code = await gateBehaviour(options);
    process.exitCode = options.reportOnly === true ? 0 : code;
  });
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It is a number above 0.');
  return value;
}

async function gateBehaviour(options: BehaviourOptions): Promise<number> {
  if (options.workload !== undefined) return gateWorkload(options.workload, options);
  if (!insideRun(process.env)) {
    throw new UsageError('outside a run of the pipeline, --workload DIR says what to judge');
  }
  const folder = openRun(process.env);
  return concludeGate(await judgeBehaviourRun(folder), options, { folder, name: 'behaviour' });
}

/** Local files, answered by an endpoint or by whatever scored the written rows. */
async function gateWorkload(workload: string, options: BehaviourOptions): Promise<number> {
  const { gates } = loadGates(workload);
  if (gates.behaviour.tests.length === 0) {
    throw new UsageError(`${join(workload, 'gates.yaml')}: behaviour.tests lists no test`);
  }
  const { predictions, writeInputs, endpoint } = options;
  if ([predictions, writeInputs, endpoint].filter((option) => option !== undefined).length !== 1) {
    throw new UsageError('--workload needs one of --endpoint NAME, --predictions FILE and --write-inputs FILE');
  }
  const folder = options.data === undefined ? resolve(workload, gates.dataset.path) : resolve(options.data);
  const file = join(folder, gates.dataset.holdout);
  for (const path of [file, ...(predictions === undefined ? [] : [predictions])]) {
    if (!existsSync(path)) throw new UsageError(`${path}: there is no such file`);
  }
  const prepared = await prepare(gates, file);
  if (writeInputs !== undefined) return writeRows(writeInputs, prepared);
  const checks = await judged(gates, prepared, async () => {
    if (predictions !== undefined) return fileAnswers(gates, prepared, predictions);
    // Loaded here: the rest of the command line does without a client for endpoints.
    const { askEndpoint } = await import('./behaviour-endpoint');
    return askEndpoint(gates, prepared, options);
  });
  const model = predictions === undefined ? (endpoint ?? '') : basename(predictions);
  return concludeGate(buildReport({ gate: 'behaviour', release: { model }, checks }, new Date()), options);
}

/** Judges what the challenger of a run answered to the rows that `release prepare` wrote. */
export async function judgeBehaviourRun(run: RunFolder): Promise<Report> {
  const release = await run.release();
  const training = await run.readJson<TrainingDocument>(RUN_KEYS.training);
  const gates = release.gates as Gates;
  const { holdout } = release.dataset;
  const folder = mkdtempSync(join(tmpdir(), 'assay-behaviour-'));
  try {
    const file = join(folder, 'holdout');
    const integrity = await checkIntegrity(run, holdout, file);
    const checks = [integrity];
    if (integrity.verdict === 'pass') {
      const prepared = await prepare(gates, file);
      checks.push(...(await judged(gates, prepared, () => runAnswers(run, training, gates, prepared))));
    }
    return buildReport({ gate: 'behaviour', release: modelIdentity(release, training), checks }, new Date());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(gates: Gates, file: string): Promise<PreparedBehaviour> {
  const lines = linesOf(await transformInput(file, gates.dataset)).filter((line) => line !== '');
  return prepareBehaviour(gates, { name: gates.dataset.holdout, file }, lines);
}

function writeRows(path: string, { plan }: PreparedBehaviour): number {
  const rows = [...baseRows(plan).map(({ row }) => row), ...probeRows(plan)];
  writeTo(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  process.stdout.write(`${path}: ${rows.length} rows to be scored, in this order\n`);
  return 0;
}

async function fileAnswers(
  gates: Gates,
  { plan, decisions }: PreparedBehaviour,
  file: string,
): Promise<BehaviourAnswers> {
  const base = baseRows(plan);
  const rows = [...base.map(({ row }) => row), ...probeRows(plan)];
  const answers = answersInOrder(file, await readFile(file, 'utf8'), rows, gates, decisions);
  return {
    base: new Map(base.map(({ key }, i) => [key, answers[i]])),
    probes: answers.slice(base.length),
  };
}

/** Without answers to the rows of the tests, those are still judged that ask about golden rows alone. */
interface GivenAnswers extends BehaviourAnswers {
  /** Why no row of the tests was answered. */
  readonly unanswered?: string;
}

async function runAnswers(
  run: RunFolder,
  training: TrainingDocument,
  gates: Gates,
  { plan, decisions }: PreparedBehaviour,
): Promise<GivenAnswers> {
  const folder = training.challengerPredictionsUri.replace(/\/$/, '');
  const read = (key: string): Promise<string> => {
    const at = parseS3Uri(`${folder}/${basename(key)}.out`);
    return run.store.readText(at.bucket, at.key);
  };
  const base = answersByKey('holdout.jsonl.out', await read(RUN_KEYS.transformInput), gates, decisions);
  const rows = probeRows(plan);
  if (rows.length === 0) return { base, probes: [] };
  if (training.probesFailure !== undefined) return { base, probes: [], unanswered: training.probesFailure };
  return { base, probes: answersInOrder('probes.jsonl.out', await read(RUN_KEYS.probes), rows, gates, decisions) };
}

/** Answers that are not there are inconclusive; damaged ones fail. */
async function judged(
  gates: Gates,
  { plan, decisions }: PreparedBehaviour,
  answers: () => Promise<GivenAnswers>,
): Promise<readonly Check[]> {
  const id = 'behaviour.answers';
  try {
    const { unanswered, ...given } = await answers();
    const checks = judgeBehaviour(plan, given, gates.behaviour, decisions);
    return unanswered === undefined ? checks : [{ id, verdict: 'inconclusive', reason: unanswered }, ...checks];
  } catch (error) {
    if (error instanceof ObjectMissing) return [{ id, verdict: 'inconclusive', reason: error.message }];
    if (error instanceof TableError) return [{ id, verdict: 'fail', reason: error.message }];
    throw error;
  }
}
