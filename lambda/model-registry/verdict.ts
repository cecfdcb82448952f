import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { REGISTRY_ENV } from '../../lib/model-registry/contract';
import { type CodePipelineJobEvent, type JobOutcome, runJob } from '../shared/codepipeline-job';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { decidingReport, readReports, register } from './registry';

/** What the gates said of the model, as a pipeline action: red unless both say "pass", and then the registry knows why. */
export const handler = (event: CodePipelineJobEvent): Promise<void> => runJob(event, ({ runId }) => judge(runId));

async function judge(runId: string): Promise<JobOutcome> {
  const documents = new RunDocuments(requiredEnv(REGISTRY_ENV.artifactBucket), runId);
  const reports = await readReports(documents);
  const { verdict, reason } = decidingReport(reports);
  if (verdict === 'pass') return { summary: reason };
  const failure = verdict === 'inconclusive' ? `inconclusive: ${reason}` : reason;
  await register(new SageMakerClient({}), documents, requiredEnv(REGISTRY_ENV.modelPackageGroup), reports, failure);
  throw new Error(failure);
}
