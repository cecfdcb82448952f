import { createHash } from 'node:crypto';
import type { CreateModelPackageCommandInput } from '@aws-sdk/client-sagemaker';
import type {
  EnvironmentFingerprint,
  RegistrationDocument,
  ReleaseDocument,
  TrainingDocument,
} from '../../lib/pipeline/contract';
import { pinnedImage } from '../shared/pinned-image';
import { lineage } from './metadata';
import type { GateReports } from './registry';

const SHA256 = /^sha256:[0-9a-f]{64}$/i;
const CONTENT_TYPES = ['application/json', 'application/jsonlines'];

export interface PackageEvidence {
  readonly release: ReleaseDocument;
  readonly training: TrainingDocument;
  readonly reports: GateReports;
  readonly environment: EnvironmentFingerprint | undefined;
}

/** The registry's entry for a release: what serves, where it comes from, and what it proved. */
export function packageRequest(
  group: string,
  evidence: PackageEvidence,
  status: RegistrationDocument['approvalStatus'],
): CreateModelPackageCommandInput {
  const { release, training, reports, environment } = evidence;
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
      ModelQuality: {
        Statistics: { ContentType: 'application/json', S3Uri: model.s3Uri, ContentDigest: model.digest },
      },
    },
    CustomerMetadataProperties: lineage(release, training, reports, environment),
    ClientToken: clientToken(release.runId, status, [model.digest, reports.behaviour.digest]),
  };
}

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
