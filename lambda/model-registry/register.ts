import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { REGISTER_OUTPUTS, REGISTRY_ENV } from '../../lib/model-registry/contract';
import { type CodePipelineJobEvent, type JobOutcome, runJob } from '../shared/codepipeline-job';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { decidingReport, readReports, register } from './registry';

/** Registers a model that passed its gate; a person decides about it later. */
export const handler = (event: CodePipelineJobEvent): Promise<void> => runJob(event, ({ runId }) => registerRun(runId));

async function registerRun(runId: string): Promise<JobOutcome> {
  const documents = new RunDocuments(requiredEnv(REGISTRY_ENV.artifactBucket), runId);
  const reports = await readReports(documents);
  const { gate, verdict } = decidingReport(reports);
  if (verdict !== 'pass') {
    throw new Error(
      `only a model that passed its gates is registered for approval; the verdict of the ${gate} gate is "${verdict}"`,
    );
  }
  const group = requiredEnv(REGISTRY_ENV.modelPackageGroup);
  const { modelPackageArn, version } = await register(new SageMakerClient({}), documents, group, reports);
  return {
    summary: `${group} version ${version}`,
    outputVariables: {
      [REGISTER_OUTPUTS.modelPackageArn]: modelPackageArn,
      [REGISTER_OUTPUTS.modelPackageVersion]: String(version),
    },
  };
}
