import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { type ActionEvent, REGISTRY_ENV } from '../../lib/model-registry/contract';
import { type RegistrationDocument, RUN_KEYS } from '../../lib/pipeline/contract';
import { RunDocuments } from '../shared/run-documents';
import { requiredEnv } from '../shared/text';
import { setApproval } from './approval';
import { approvalDocument, describeDecision, findDecision } from './decision';

/** When a person rejects a run, or nobody decides in time: the registry says so. */
export async function handler(event: ActionEvent): Promise<void> {
  const runId = event.detail['execution-id'];
  const documents = new RunDocuments(requiredEnv(REGISTRY_ENV.artifactBucket), runId);
  const { modelPackageArn } = (await documents.read<RegistrationDocument>(RUN_KEYS.registration)).document;
  const decision = await findDecision(event.detail.pipeline, runId, 'Failed');
  const description =
    decision === undefined ? 'rejected: nobody decided in time' : describeDecision('rejected', decision);
  await documents.write(
    RUN_KEYS.approval,
    approvalDocument(modelPackageArn, 'rejected', decision ?? { at: new Date(event.time) }),
  );
  await setApproval(new SageMakerClient({}), modelPackageArn, 'Rejected', description);
}
