import { CreateModelPackageCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
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
import { setApproval } from './approval';
import { packageRequest } from './package';

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

/** The number at the end of `…:model-package/<group>/<n>`. @throws if the ARN has none */
function packageVersion(arn: string): number {
  const version = Number(/\/(\d+)$/.exec(arn)?.[1]);
  if (!Number.isInteger(version))
    throw new Error(`the registry answered with "${arn}", which is not a versioned model package`);
  return version;
}
