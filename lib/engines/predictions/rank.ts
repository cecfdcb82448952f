import { availableParallelism } from 'node:os';
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
 */
export async function rankModels(
  columns: ModelColumns,
  { threads = availableParallelism(), threshold = 0.5, compareGroups = true }: RankOptions = {},
): Promise<void> {
  const { labels, groups, rows, challenger, champion } = columns;
  if (rows < WORTH_RANKING) return;
  const models = [challenger, champion].flatMap((model) => {
    const scores = model?.columns[0];
    const within = model === challenger || compareGroups ? groups : [];
    return scores === undefined ? [] : [{ labels, scores, groups: within, threshold }];
  });
  const [first, second] = models.map((model) => ({ model, job: jobOf(model) }));
  const elsewhere =
    threads > 1 && second?.job !== undefined && first?.job !== undefined ? inThread(first.job) : undefined;
  const here = elsewhere === undefined ? [first, second] : [second];
  for (const each of here) if (each?.job !== undefined) conclude(each.model, each.job, runJob(each.job));
  if (elsewhere !== undefined && first?.job !== undefined) conclude(first.model, first.job, await elsewhere);
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

function inThread(job: PlacementJob): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(SCRIPT, { eval: true, workerData: { module: kernelModule(), job } });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the ranking thread ended with code ${code} before its result`)));
  });
}
