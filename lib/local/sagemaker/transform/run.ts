import type { Core } from '../core';
import { messageOf } from '../errors';
import type { ModelContainer } from '../models';
import { ENGINE_STOPPED, EngineStopped } from '../running';
import type { RunningContainer } from '../runtime/launch';
import { joinS3, type S3Entry } from '../runtime/object-store';
import { changeTransform } from './record';
import { type Batch, batchesOf, joinRecords, TransformError } from './records';
import type { TransformJobInput } from './shape';

const EXCERPT = 300;

/** Runs a recorded transform job to its end; every outcome lands in the record. */
export async function runTransform(
  core: Core,
  job: TransformJobInput,
  model: ModelContainer,
  stop: AbortSignal,
): Promise<void> {
  const name = job.TransformJobName;
  try {
    changeTransform(core, name, { started: core.now() });
    await transformAll(core, job, model, stop);
    changeTransform(core, name, { status: 'Completed', ended: core.now() });
  } catch (error) {
    const ended = core.now();
    if (stop.aborted && !(stop.reason instanceof EngineStopped)) {
      changeTransform(core, name, { status: 'Stopped', ended });
    } else {
      const reason = `${error instanceof TransformError ? 'ClientError' : 'InternalServerError'}: ${messageOf(error)}`;
      const failureReason = stop.aborted ? ENGINE_STOPPED : reason.slice(0, 1024);
      changeTransform(core, name, { status: 'Failed', ended, failureReason });
    }
  }
}

async function transformAll(
  core: Core,
  job: TransformJobInput,
  model: ModelContainer,
  stop: AbortSignal,
): Promise<void> {
  const { S3Uri: uri } = job.TransformInput.DataSource.S3DataSource;
  const objects = await core.objects.list(uri).catch((error: Error) => {
    throw new TransformError(`${uri} cannot be listed: ${error.message}`, { cause: error });
  });
  if (objects.length === 0) throw new TransformError(`no S3 objects found under "${uri}"`);
  stop.throwIfAborted();
  const environment = {
    ...job.Environment,
    SAGEMAKER_BATCH: 'true',
    SAGEMAKER_MAX_PAYLOAD_IN_MB: String(job.MaxPayloadInMB ?? 6),
    SAGEMAKER_BATCH_STRATEGY: job.BatchStrategy ?? 'MultiRecord',
    SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(job.MaxConcurrentTransforms ?? 1),
  };
  const container = await core
    .launch(core, model, { name: job.TransformJobName, environment })
    .catch((error: Error) => {
      throw new TransformError(`the model's container did not start: ${error.message}`, { cause: error });
    });
  try {
    for (const object of objects) await transformObject(core, job, container, object, stop);
  } finally {
    await container.stop();
  }
}

async function transformObject(
  core: Core,
  job: TransformJobInput,
  container: RunningContainer,
  object: S3Entry,
  stop: AbortSignal,
): Promise<void> {
  const where = `s3://${object.bucket}/${object.key}`;
  const text = (await core.objects.read(object)).toString('utf8');
  const megabytes = job.MaxPayloadInMB ?? 6;
  try {
    const batches = batchesOf(text, {
      split: job.TransformInput.SplitType === 'Line',
      strategy: job.BatchStrategy ?? 'MultiRecord',
      maxBytes: megabytes === 0 ? Number.POSITIVE_INFINITY : megabytes * 2 ** 20,
    });
    const parts = await inOrder(batches, Math.max(1, job.MaxConcurrentTransforms ?? 1), async (batch) => {
      stop.throwIfAborted();
      return answerOf(job, batch, await ask(job, container, batch));
    });
    await core.objects.write(joinS3(job.TransformOutput.S3OutputPath, `${object.relative}.out`), parts.join(''));
  } catch (error) {
    if (error instanceof TransformError) throw new TransformError(`${where}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The part of the output object that one request makes. */
function answerOf(job: TransformJobInput, batch: Batch, answer: string): string {
  if (job.DataProcessing?.JoinSource === 'Input') {
    const lines = joinRecords(batch, answer, job.TransformInput.ContentType ?? '');
    return lines.map((line) => `${line}\n`).join('');
  }
  return job.TransformOutput.AssembleWith === 'Line' && !answer.endsWith('\n') ? `${answer}\n` : answer;
}

/** One request, with the retries of ModelClientConfig for what may pass (5xx, no answer). Rejects with TransformError. */
async function ask(job: TransformJobInput, container: RunningContainer, batch: Batch): Promise<string> {
  const { InvocationsMaxRetries: retries = 3, InvocationsTimeoutInSeconds: seconds = 600 } =
    job.ModelClientConfig ?? {};
  const { ContentType: contentType } = job.TransformInput;
  const { Accept: accept } = job.TransformOutput;
  for (let attempt = 0; ; attempt++) {
    const answer = await container
      .invoke({
        body: Buffer.from(batch.join('\n')),
        timeoutMs: seconds * 1000,
        ...(contentType !== undefined && { contentType }),
        ...(accept !== undefined && { accept }),
      })
      .catch((error: Error) => ({ status: 0, body: Buffer.from(error.message) }));
    if (answer.status === 200) return answer.body.toString('utf8');
    const passing = answer.status === 0 || answer.status >= 500;
    if (!passing || attempt >= retries) {
      const excerpt = answer.body.toString('utf8').slice(0, EXCERPT);
      throw new TransformError(`the model answered ${answer.status === 0 ? 'nothing' : answer.status}: ${excerpt}`);
    }
  }
}

/** Maps with bounded concurrency, keeping the order. Rejects with the first rejection. */
async function inOrder<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const pending = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of pending) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
