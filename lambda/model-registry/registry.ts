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

/** What the gates of a trained model said. */
export interface GateReports {
  readonly model: StoredDocument<Report>;
  readonly behaviour: StoredDocument<Report>;
}

/** The reports of both gates of a model. @throws if one is missing: without evidence nothing passes */
export async function readReports(documents: RunDocuments): Promise<GateReports> {
  const [model, behaviour] = await Promise.all([readReport(documents, 'model'), readReport(documents, 'behaviour')]);
  return { model, behaviour };
}

async function readReport(documents: RunDocuments, name: 'model' | 'behaviour'): Promise<StoredDocument<Report>> {
  const report = await documents.find<Report>(reportKey(name));
  if (report === undefined) {
    throw new Error(`the ${name} gate left no report: ${documents.uri(reportKey(name))} does not exist`);
  }
  return report;
}

/** The report that decides: a failed one, else an inconclusive one, else that of the model. Only "pass" of both passes. */
export function decidingReport({ model, behaviour }: GateReports): Report {
  const reports = [model.document, behaviour.document];
  return (
    reports.find(({ verdict }) => verdict === 'fail') ??
    reports.find(({ verdict }) => verdict !== 'pass') ??
    model.document
  );
}

/**
 * Registers the run's model and writes `registration.json`.
 * @param reason why it is rejected; absent for a package that waits for approval
 */
export async function register(
  sagemaker: SageMakerClient,
  documents: RunDocuments,
  group: string,
  reports: GateReports,
  reason?: string,
): Promise<RegistrationDocument> {
  const [release, training, environment, baseline] = await Promise.all([
    documents.read<ReleaseDocument>(RUN_KEYS.release),
    documents.read<TrainingDocument>(RUN_KEYS.training),
    documents.find<EnvironmentFingerprint>(RUN_KEYS.environment),
    documents.find<unknown>(RUN_KEYS.baseline),
  ]);
  // What nobody could watch is not offered for approval.
  if (reason === undefined && baseline === undefined) {
    throw new Error(`the model has no baseline: ${documents.uri(RUN_KEYS.baseline)} does not exist`);
  }
  const approvalStatus = reason === undefined ? 'PendingManualApproval' : 'Rejected';
  const evidence = {
    release: release.document,
    training: training.document,
    reports,
    environment: environment?.document,
    baseline,
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
    verdict: decidingReport(reports).verdict,
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
