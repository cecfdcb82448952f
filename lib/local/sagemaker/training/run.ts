import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Core } from '../core';
import { messageOf } from '../errors';
import { ENGINE_STOPPED, EngineStopped } from '../running';
import { filesIn, packFolder } from '../runtime/archive';
import { containerEnv, logFile } from '../runtime/container';
import { interpreterFor } from '../runtime/interpreter';
import { joinS3 } from '../runtime/object-store';
import { ClientError, failureText, prepareFolder } from './folder';
import { finalMetrics } from './metrics';
import { FAILURE_LENGTH, maxRuntime, moveTo, type TrainingJobRecord } from './record';

/** SageMaker gives a script this long to save its work after SIGTERM. */
const GRACE_MS = 120_000;
/** When the engine itself closes, nothing is saved. */
const CLOSE_GRACE_MS = 2_000;

type End = 'completed' | 'failed' | 'stopped' | 'timed-out';

/** Runs a recorded job to its end; every outcome lands in the record. `stop` asks it to end early. */
export async function runTraining(core: Core, job: TrainingJobRecord, stop: AbortSignal): Promise<void> {
  const name = job.input.TrainingJobName;
  try {
    moveTo(core, name, 'Downloading', 'Downloading input data and code', { started: core.now() });
    const root = await prepareFolder(core, job);
    const python = await interpreterFor(core.tools, join(root, 'code')).catch((error: Error) => {
      throw new ClientError(error.message, { cause: error });
    });
    if (!stop.aborted) moveTo(core, name, 'Training', 'Training image is running the script');
    const { end, code } = stop.aborted
      ? { end: 'stopped' as const, code: 0 }
      : await runScript(core, job, root, python, stop);
    if (stop.reason instanceof EngineStopped) fail(core, name, ENGINE_STOPPED);
    else await finish(core, job, root, end, code);
  } catch (error) {
    const kind = error instanceof ClientError ? 'ClientError' : 'InternalServerError';
    fail(core, name, `${kind}: ${messageOf(error)}`);
  }
}

async function finish(core: Core, job: TrainingJobRecord, root: string, end: End, code: number): Promise<void> {
  const name = job.input.TrainingJobName;
  const log = await readFile(logFile(core.context, name), 'utf8').catch(() => '');
  if (end === 'failed') {
    fail(core, name, await failureText(root, log, code));
    return;
  }
  if (end !== 'stopped') moveTo(core, name, 'Uploading', 'Uploading the model');
  await upload(core, job, root, end === 'completed');
  const ended = core.now();
  const metrics = finalMetrics(log, job.input.AlgorithmSpecification.MetricDefinitions ?? [], ended);
  const found = { ended, ...(metrics.length > 0 && { metrics }) };
  if (end === 'completed') {
    // All of it is in S3 now; the folder of a job that did not complete is kept for whoever looks into it.
    await rm(root, { recursive: true, force: true });
    moveTo(core, name, 'Completed', 'Training job completed', { status: 'Completed', ...found });
  } else if (end === 'stopped') moveTo(core, name, 'Stopped', 'Training job stopped', { status: 'Stopped', ...found });
  else {
    const message = `Training job exceeded MaxRuntimeInSeconds ${maxRuntime(job)}`;
    moveTo(core, name, 'MaxRuntimeExceeded', message, { status: 'Stopped', ...found });
  }
}

export function fail(core: Core, name: string, reason: string): void {
  const failureReason = reason.slice(0, FAILURE_LENGTH);
  moveTo(core, name, 'Failed', 'Training job failed', { status: 'Failed', ended: core.now(), failureReason });
}

/** model.tar.gz always after success (after a stop only if the script saved something); output.tar.gz if there is any. */
async function upload(core: Core, job: TrainingJobRecord, root: string, always: boolean): Promise<void> {
  const model = join(root, 'model');
  if (always || (await filesIn(model)).length > 0) await uploadPacked(core, model, job.modelArtifact);
  const data = join(root, 'output', 'data');
  if ((await filesIn(data)).length > 0) {
    const { S3OutputPath: path } = job.input.OutputDataConfig;
    await uploadPacked(core, data, joinS3(path, `${job.input.TrainingJobName}/output/output.tar.gz`));
  }
}

async function uploadPacked(core: Core, folder: string, uri: string): Promise<void> {
  const file = `${folder}.tar.gz`;
  await packFolder(folder, file);
  await core.objects.write(uri, await readFile(file));
}

async function runScript(
  core: Core,
  job: TrainingJobRecord,
  root: string,
  python: string,
  stop: AbortSignal,
): Promise<{ end: End; code: number }> {
  const { context } = core;
  const name = job.input.TrainingJobName;
  const log = logFile(context, name);
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  const child = context.processes.spawn(python, [join(__dirname, '..', 'container', 'train.py'), root], {
    name,
    stdio: ['ignore', output, output],
    env: containerEnv(context, { ...job.input.Environment, TRAINING_JOB_NAME: name, TRAINING_JOB_ARN: job.arn }),
  });
  closeSync(output);
  let early: End | undefined;
  const endEarly = (why: End) => () => {
    early ??= why;
    void context.processes.stop(child, stop.reason instanceof EngineStopped ? CLOSE_GRACE_MS : GRACE_MS);
  };
  const timer = setTimeout(endEarly('timed-out'), maxRuntime(job) * 1000);
  const onStop = endEarly('stopped');
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${python} could not be started: ${error.message}`)));
      child.once('exit', (exit) => resolve(exit ?? 1));
    });
    return { end: early ?? (code === 0 ? 'completed' : 'failed'), code };
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}
