import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { REGISTRY_ENV } from '../../lib/model-registry/contract';
import { type RegistrationDocument, RUN_KEYS, type StageInput } from '../../lib/pipeline/contract';
import { type CodePipelineJobEvent, type JobOutcome, runJob } from '../shared/codepipeline-job';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { setApproval } from './approval';
import { approvalDocument, automaticDecision, describeDecision, findDecision } from './decision';

/**
 * After a person approved, or where none has to: the registry says so, and who or what it was. Only an approved package can
 * be deployed.
 */
export const handler = (event: CodePipelineJobEvent): Promise<void> => runJob(event, recordApproval);

async function recordApproval({ runId }: StageInput): Promise<JobOutcome> {
  const documents = new RunDocuments(requiredEnv(REGISTRY_ENV.artifactBucket), runId);
  const registration = await documents.read<RegistrationDocument>(RUN_KEYS.registration);
  const { modelPackageArn, approvalStatus } = registration.document;
  if (approvalStatus === 'Rejected')
    throw new Error(`${modelPackageArn} was rejected by its gate and cannot be approved`);
  const decision =
    requiredEnv(REGISTRY_ENV.approval) === 'automatic'
      ? automaticDecision()
      : await findDecision(requiredEnv(REGISTRY_ENV.pipelineName), runId, 'Succeeded');
  if (decision === undefined) throw new Error(`the pipeline's history holds no approval of the run ${runId}`);
  const description = describeDecision('approved', decision);
  await documents.write(RUN_KEYS.approval, approvalDocument(modelPackageArn, 'approved', decision));
  await setApproval(new SageMakerClient({}), modelPackageArn, 'Approved', description);
  return { summary: description };
}
