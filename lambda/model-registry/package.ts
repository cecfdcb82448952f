import { createHash } from 'node:crypto';
import type { CreateModelPackageCommandInput } from '@aws-sdk/client-sagemaker';
import type {
  EnvironmentFingerprint,
  RegistrationDocument,
  ReleaseDocument,
  TrainingDocument,
} from '../../lib/pipeline/contract';
import { pinnedImage } from '../shared/pinned-image';
import type { StoredDocument } from '../shared/run-documents';
import { lineage } from './metadata';
import type { GateReports } from './registry';

const SHA256 = /^sha256:[0-9a-f]{64}$/i;
const CONTENT_TYPES = ['application/json', 'application/jsonlines'];

export interface PackageEvidence {
  readonly release: ReleaseDocument;
  readonly training: TrainingDocument;
  readonly reports: GateReports;
  readonly environment: EnvironmentFingerprint | undefined;
  /** What live traffic is held against. @default - the model has none, and cannot be approved */
  readonly baseline?: Pick<StoredDocument<unknown>, 's3Uri' | 'digest'> | undefined;
}

/** The registry's entry for a release: what serves, where it comes from, and what it proved. */
export function packageRequest(
  group: string,
  evidence: PackageEvidence,
  status: RegistrationDocument['approvalStatus'],
): CreateModelPackageCommandInput {
  const { release, training, reports, environment, baseline } = evidence;
  const dataQuality = baseline === undefined ? {} : { ModelDataQuality: { Statistics: sourceOf(baseline) } };
  const { model } = reports;
  return {
    ModelPackageGroupName: group,
    ModelPackageDescription: `commit ${release.commit}, run ${release.runId}`,
    InferenceSpecification: {
      Containers: [
        {
          Image: pinnedImage(release.image),
          ...(SHA256.test(release.imageDigest) ? { ImageDigest: release.imageDigest } : {}),
          ModelDataUrl: training.modelDataUrl,
          Environment: { ...training.containerEnvironment },
        },
      ],
      SupportedContentTypes: CONTENT_TYPES,
      SupportedResponseMIMETypes: CONTENT_TYPES,
    },
    ModelApprovalStatus: status,
    MetadataProperties: {
      CommitId: release.commit,
      ...(release.repository === undefined ? {} : { Repository: release.repository }),
      GeneratedBy: training.trainingJobArn,
    },
    ModelMetrics: {
      ModelQuality: { Statistics: sourceOf(model) },
      ...dataQuality,
    },
    ...(baseline === undefined ? {} : { DriftCheckBaselines: dataQuality }),
    CustomerMetadataProperties: lineage(release, training, reports, environment),
    ClientToken: clientToken(release.runId, status, [model.digest, reports.behaviour.digest]),
  };
}

const sourceOf = ({ s3Uri, digest }: Pick<StoredDocument<unknown>, 's3Uri' | 'digest'>) => ({
  ContentType: 'application/json',
  S3Uri: s3Uri,
  ContentDigest: digest,
});

/**
 * Makes a repeated delivery register once. The reports are part of it: a stage that is retried on new evidence is another
 * registration, not a repetition. 36 characters are the API's limit.
 */
function clientToken(runId: string, status: string, digests: readonly string[]): string {
  return createHash('sha256')
    .update([runId, status, ...digests].join('\n'))
    .digest('hex')
    .slice(0, 36);
}
