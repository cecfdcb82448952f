import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { REGISTRY_ENV } from '../../lib/model-registry/contract';
import { type CodePipelineJobEvent, type JobOutcome, runJob } from '../shared/codepipeline-job';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { readModelReport, register } from './registry';

/** The model gate's verdict as a pipeline action: red unless the report says "pass", and then the registry knows why. */
export const handler = (event: CodePipelineJobEvent): Promise<void> => runJob(event, ({ runId }) => judge(runId));

async function judge(runId: string): Promise<JobOutcome> {
  const documents = new RunDocuments(requiredEnv(REGISTRY_ENV.artifactBucket), runId);
  const report = await readModelReport(documents);
  const { verdict, reason } = report.document;
  if (verdict === 'pass') return { summary: reason };
  const failure = verdict === 'inconclusive' ? `inconclusive: ${reason}` : reason;
  await register(new SageMakerClient({}), documents, requiredEnv(REGISTRY_ENV.modelPackageGroup), report, failure);
  throw new Error(failure);
}
