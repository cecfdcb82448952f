import { type ModelApprovalStatus, type SageMakerClient, UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { oneLine } from '../shared/text';

/** Longest ApprovalDescription. */
const DESCRIPTION_LIMIT = 1024;

/** Sets the status with its explanation; CreateModelPackage cannot take one. */
export async function setApproval(
  sagemaker: SageMakerClient,
  modelPackageArn: string,
  status: ModelApprovalStatus,
  description: string,
): Promise<void> {
  await sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: modelPackageArn,
      ModelApprovalStatus: status,
      ApprovalDescription: oneLine(description, DESCRIPTION_LIMIT),
    }),
  );
}
