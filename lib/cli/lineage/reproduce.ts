import { jobName } from '../../../lambda/training/plan';
import { checkSettings } from '../../core/lineage/inputs';
import { judgeReproduction, type Outcome } from '../../core/lineage/reproduction';
import { buildReport } from '../../core/report/build';
import type { Check, Report } from '../../core/report/report';
import { RUN_KEYS, type TrainingDocument } from '../../pipeline/contract';
import { UsageError } from '../../release/environment';
import { concludeGate, type GateOutputOptions } from '../gate-output';
import { modelIdentity } from '../release-identity';
import type { ApplicationOptions } from '../rollout/application';
import { onInterrupt } from '../run/interrupt';
import { type Attempt, closeAttempt, openAttempt, writeInputs } from './attempt';
import { checkAgainstCheckout } from './checkout';
import { gatherReproduction } from './compare';
import type { LineageSources } from './facts';
import { findRelease, openSources } from './find';
import { removeLeftovers } from './leftovers';
import { readOriginal } from './original';
import { jobSettings, jobsEnded, trainAgain, trainMachine } from './training';

export interface ReproduceOptions extends ApplicationOptions, Omit<GateOutputOptions, 'json'> {
  readonly checkout?: string;
  readonly tolerance?: string;
  readonly keep?: true;
}

/** What the parts of one reproduction share. */
interface Work {
  readonly sources: LineageSources;
  readonly attempt: Attempt;
  readonly options: ReproduceOptions;
  readonly signal: AbortSignal;
  readonly tolerance: number;
}

/** Progress is for the person; the report goes to standard output. */
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * `assay reproduce`: trains a release again in a run folder of its own. Registry, records and endpoints are only read.
 *
 * @returns the exit code: 0 identical or equal within tolerance, 1 different, 2 not comparable
 */
export async function reproduce(id: string, options: ReproduceOptions): Promise<number> {
  const given = toleranceOf(options.tolerance);
  const sources = await openSources(options);
  const original = await readOriginal(sources, await findRelease(sources, id));
  const tolerance = given ?? original.gates.behaviour.determinism.tolerance;
  const attempt = openAttempt(sources, original, new Date());
  const interrupt = onInterrupt(tell);
  try {
    const work = { sources, attempt, options, signal: interrupt.signal, tolerance };
    const found = await report(work);
    const code = await concludeGate(found, options);
    // What was compared, and with which numbers, is what a reproduction is asked for.
    if (options.json !== true) process.stdout.write(passedText(found));
    return code;
  } finally {
    interrupt.dispose();
    closeAttempt(attempt);
  }
}

const passedText = ({ checks }: Report): string =>
  checks.flatMap(({ id, verdict, reason }) => (verdict === 'pass' ? [`  ✓ ${id}: ${reason}\n`] : [])).join('');

function toleranceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new UsageError(`--tolerance ${text}: is a number, 0 or more`);
  return value;
}

async function report(work: Work): Promise<Report> {
  const { sources, attempt, options } = work;
  const { run, original } = attempt;
  const machine = await trainMachine(sources.clients.ssm, sources.config.application);
  // The machine names its jobs and the model by the run and the execution, which have one name here.
  const model = jobName(sources.config.application, run.runId, run.runId);
  try {
    const { checks, outcome } = await checksOf(work, machine, model);
    const found = buildReport(
      { gate: 'model', release: modelIdentity(original.release, original.training), checks },
      new Date(),
    );
    if (found.verdict !== 'pass') return found;
    const { candidate } = original;
    const what = candidate.releaseId === undefined ? `run ${candidate.runId}` : `release ${candidate.releaseId}`;
    return { ...found, reason: `${what} was trained again: ${outcome} (${found.reason})` };
  } finally {
    if (options.keep === true) tell(`kept: ${run.uri('')} and the model ${model}`);
    else await clean(work, model);
  }
}

async function clean({ sources: { clients }, attempt: { run }, signal }: Work, model: string): Promise<void> {
  if (signal.aborted) await jobsEnded(clients.sagemaker, model);
  await removeLeftovers(clients, { bucket: run.bucket, runId: run.runId, model });
}

interface Result {
  readonly checks: readonly Check[];
  readonly outcome: Outcome;
}

/** Nothing is spent on training from inputs that are not the release's. */
async function checksOf(work: Work, machine: string, job: string): Promise<Result> {
  const { sources, attempt, options, signal } = work;
  const { run, original } = attempt;
  const pinned = await writeInputs(attempt, new Date());
  const inputs =
    options.checkout === undefined ? pinned : [...pinned, await checkAgainstCheckout(attempt, options.checkout)];
  if (inputs.some(({ verdict }) => verdict !== 'pass')) return { checks: inputs, outcome: 'different' };
  tell(`training again as ${run.runId}`);
  const { sfn, sagemaker } = sources.clients;
  const failure = await trainAgain(sfn, { machine, runId: run.runId, tell, signal });
  if (failure !== undefined) {
    const reason = `the training did not succeed again: ${failure}`;
    return {
      checks: [...inputs, { id: 'reproduce.training', verdict: 'inconclusive', reason }],
      outcome: 'not comparable',
    };
  }
  const [then, now] = await Promise.all([
    jobSettings(sagemaker, original.training.trainingJobName),
    jobSettings(sagemaker, job),
  ]);
  if ('problem' in now) throw new Error(`the new training left no job: ${now.problem}`);
  const again = await run.readJson<TrainingDocument>(RUN_KEYS.training);
  const judged = judgeReproduction(await gatherReproduction(attempt, again, work.tolerance));
  return { ...judged, checks: [...inputs, checkSettings(then, now), ...judged.checks] };
}
