import {
  CreateModelPackageCommand,
  type ModelApprovalStatus,
  type SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import type { Report } from '../../lib/core/report/report';
import {
  type EnvironmentFingerprint,
  type RegistrationDocument,
  type ReleaseDocument,
  RUN_KEYS,
  reportKey,
  type TrainingDocument,
} from '../../lib/pipeline/contract';
import type { RunDocuments, StoredDocument } from '../shared/run-documents';
import { oneLine } from '../shared/text';
import { packageRequest } from './package';

/** Longest ApprovalDescription. */
const DESCRIPTION_LIMIT = 1024;

/** The model gate's report. @throws if there is none: without evidence nothing passes */
export async function readModelReport(documents: RunDocuments): Promise<StoredDocument<Report>> {
  const report = await documents.find<Report>(reportKey('model'));
  if (report === undefined) {
    throw new Error(`the model gate left no report: ${documents.uri(reportKey('model'))} does not exist`);
  }
  return report;
}

/**
 * Registers the run's model and writes `registration.json`.
 * @param reason why it is rejected; absent for a package that waits for approval
 */
export async function register(
  sagemaker: SageMakerClient,
  documents: RunDocuments,
  group: string,
  report: StoredDocument<Report>,
  reason?: string,
): Promise<RegistrationDocument> {
  const [release, training, environment] = await Promise.all([
    documents.read<ReleaseDocument>(RUN_KEYS.release),
    documents.read<TrainingDocument>(RUN_KEYS.training),
    documents.find<EnvironmentFingerprint>(RUN_KEYS.environment),
  ]);
  const approvalStatus = reason === undefined ? 'PendingManualApproval' : 'Rejected';
  const evidence = {
    release: release.document,
    training: training.document,
    report,
    environment: environment?.document,
  };
  const created = await sagemaker.send(new CreateModelPackageCommand(packageRequest(group, evidence, approvalStatus)));
  const modelPackageArn = created.ModelPackageArn ?? '';
  if (reason !== undefined) await setApproval(sagemaker, modelPackageArn, 'Rejected', reason);
  const registration: RegistrationDocument = {
    schema: 'assay.registration/1',
    modelPackageArn,
    version: packageVersion(modelPackageArn),
    approvalStatus,
    ...(reason === undefined ? {} : { reason }),
    verdict: report.document.verdict,
  };
  await documents.write(RUN_KEYS.registration, registration);
  return registration;
}

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

/** The number at the end of `…:model-package/<group>/<n>`. @throws if the ARN has none */
function packageVersion(arn: string): number {
  const version = Number(/\/(\d+)$/.exec(arn)?.[1]);
  if (!Number.isInteger(version))
    throw new Error(`the registry answered with "${arn}", which is not a versioned model package`);
  return version;
}
