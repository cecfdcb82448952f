import type { Report } from '../../lib/core/report/report';
import { servingReport } from '../../lib/core/serving/checks';
import { batchScores, goldenSample, requestsOf } from '../../lib/core/serving/sample';
import { type RegistrationDocument, type ReleaseDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { type EnvironmentName, ROLLOUT_ENV } from '../../lib/rollout/contract';
import type { EndToEndEvent, EndToEndResult } from '../../lib/serving/contract';
import { EndpointClient } from '../../lib/serving/endpoint/client';
import { resolveTarget } from '../../lib/serving/endpoint/target';
import { gatesOf } from '../rollout/release';
import { type CodePipelineJobEvent, runJob } from '../shared/codepipeline-job';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { probe } from './probe';
import { readJsonLines, releaseIdentity, writeReport } from './run-files';

/** SageMaker gives a container 60 s for an answer; the rest is the way there and back. */
const REQUEST_TIMEOUT_MS = 70_000;

/**
 * Kept back from the function's time: a request that begins just before the deadline may take all of its own, and the
 * report is written after it. A function that is cut off reports nothing, and the pipeline's action would hang.
 */
export const RESERVE_MS = REQUEST_TIMEOUT_MS + 20_000;

/** Requests under way at once: one, those of a load, or as many as a fixed rate needs. */
const OPEN_LOOP_CONNECTIONS = 64;

interface Context {
  getRemainingTimeInMillis(): number;
}

/** End-to-end checks of the endpoint, for a CodePipeline job or for a state machine that names a variant. */
export async function handler(
  event: CodePipelineJobEvent | EndToEndEvent,
  context: Context,
): Promise<EndToEndResult | undefined> {
  const deadline = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  if (!('CodePipeline.job' in event)) {
    const { verdict, reason } = await check(event, deadline);
    return { verdict, reason };
  }
  await runJob(event, async ({ runId }) => {
    const report = await check({ runId }, deadline);
    if (report.verdict !== 'pass') throw new Error(report.reason);
    return { summary: report.reason };
  });
  return undefined;
}

async function check({ runId, targetVariant }: EndToEndEvent, deadline: number): Promise<Report> {
  const documents = new RunDocuments(requiredEnv(ROLLOUT_ENV.artifactBucket), runId);
  const environment = requiredEnv(ROLLOUT_ENV.environment) as EnvironmentName;
  const { document: release } = await documents.read<ReleaseDocument>(RUN_KEYS.release);
  const { dataset, serving } = gatesOf(release);
  const holdout = await readJsonLines(documents, RUN_KEYS.transformInput);
  const predictions = await readJsonLines(documents, `${RUN_KEYS.challengerPredictions}/holdout.jsonl.out`);
  const sample = goldenSample(holdout, dataset.key, serving.sampleRows);
  const shape = { task: dataset.task, fields: serving.fields, classes: dataset.classes?.map(String) };
  const { latency, throughput } = serving;
  const client = new EndpointClient(await resolveTarget(), {
    connections: Math.max(
      latency.ratePerSecond === undefined ? 1 : OPEN_LOOP_CONNECTIONS,
      throughput?.concurrency ?? 1,
    ),
    timeoutMs: REQUEST_TIMEOUT_MS,
  });
  const target = {
    endpoint: requiredEnv(ROLLOUT_ENV.endpoint),
    fields: serving.fields,
    ...(targetVariant === undefined ? {} : { variant: targetVariant }),
  };
  const parts = requestsOf(sample, serving.batchRows);
  const probed = await probe(client, target, parts, { latency, throughput, deadline }).finally(() => client.close());
  const registration = await documents.find<RegistrationDocument>(RUN_KEYS.registration);
  const report = servingReport({
    ...probed,
    sample: sample.map((row) => row.key),
    batch: batchScores(predictions, dataset.key, shape),
    shape,
    budget: serving,
    skewTolerance: serving.skewTolerance,
    release: releaseIdentity(release, registration?.document.modelPackageArn),
    createdAt: new Date().toISOString(),
  });
  await writeReport(documents, `serving-${environment}`, report);
  return report;
}
