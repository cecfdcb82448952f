import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { finishJob, jobOf, type ModelToRank } from '../../core/kernels/jobs';
import { type PlacementJob, runJob } from '../../core/kernels/placement-job';
import { kernelModule } from '../../core/kernels/wasm';
import type { ModelColumns } from '../../core/model/columns';
import type { PredictionsRequest } from './request';

/** Below this, a thread takes longer to start than the work does. */
const WORTH_RANKING = 50_000;

export interface RankOptions extends Pick<PredictionsRequest, 'threshold' | 'compareGroups'> {
  /** @default one a core */
  readonly threads?: number;
}

/**
 * Ranks both models of a binary task before the judge asks, one in a thread of its own. Which thread does what cannot be seen in
 * the result: models do not share memory, and all of it is integers.
 *
 * @param columns of a binary task: labels 0 and 1, one column a model
 * @param isSound asked in this thread while the other one ranks; if it says no, nothing is ranked
 * @returns what `isSound` says
 */
export async function rankModels(
  columns: ModelColumns,
  { threads = availableParallelism(), threshold = 0.5, compareGroups = true }: RankOptions = {},
  isSound: () => boolean = () => true,
): Promise<boolean> {
  const { labels, groups, rows, challenger, champion } = columns;
  if (rows < WORTH_RANKING) return isSound();
  // Each kernel runs once and long: code that is made quickly to be replaced later would never be replaced.
  setFlagsFromString('--no-liftoff');
  const models = [challenger, champion].flatMap((model) => {
    const scores = model?.columns[0];
    const within = model === challenger || compareGroups ? groups : [];
    return scores === undefined ? [] : [{ labels, scores, groups: within, threshold }];
  });
  const [first, second] = models.map((model) => ({ model, job: jobOf(model) }));
  const elsewhere =
    threads > 1 && second?.job !== undefined && first?.job !== undefined ? inThread(first.job) : undefined;
  if (!isSound()) {
    await elsewhere?.worker.terminate();
    return false;
  }
  const here = elsewhere === undefined ? [first, second] : [second];
  for (const each of here) if (each?.job !== undefined) conclude(each.model, each.job, runJob(each.job));
  if (elsewhere !== undefined && first?.job !== undefined) conclude(first.model, first.job, await elsewhere.bad);
  return true;
}

/** A score that is no number stays unranked: the judge's own look at it throws, and says which. */
function conclude(model: ModelToRank, job: PlacementJob, bad: number): void {
  if (bad === 0) finishJob(model, job);
}

/** As text, so that it is the same bundled or not. It does what `runJob` does. */
const SCRIPT = `
const { parentPort, workerData: { module, job } } = require('node:worker_threads');
const kernels = new WebAssembly.Instance(module, { env: { memory: job.memory } }).exports;
const bad = kernels.rank(...job.rank);
if (bad === 0) {
  kernels.tally(...job.tally);
  for (const call of job.places) kernels.place(...call);
}
parentPort.postMessage(bad);
`;

interface Elsewhere {
  readonly worker: Worker;
  /** As of `runJob`. */
  readonly bad: Promise<number>;
}

function inThread(job: PlacementJob): Elsewhere {
  const worker = new Worker(SCRIPT, { eval: true, workerData: { module: kernelModule(), job } });
  const bad = new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the ranking thread ended with code ${code} before its result`)));
  });
  // Nobody waits for a thread that is stopped.
  bad.catch(() => undefined);
  return { worker, bad };
}
