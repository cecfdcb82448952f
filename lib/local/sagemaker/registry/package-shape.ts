import * as z from 'zod';
import { nameShape, s3UriShape, tagsShape } from '../shape';

const APPROVALS = ['Approved', 'Rejected', 'PendingManualApproval'] as const;
export const approvalShape = z.enum(APPROVALS);

const containerShape = z.looseObject({
  Image: z.string().max(255),
  ImageDigest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/i, 'Member must be sha256:<64 hexadecimal digits>')
    .optional(),
  ModelDataUrl: s3UriShape.regex(/\.tar\.gz$/, 'Member must be the S3 URI of a .tar.gz').optional(),
  Environment: z
    .record(z.string().max(1024), z.string().max(1024))
    .refine((given) => Object.keys(given).length <= 16, 'Map must have at most 16 entries')
    .optional(),
});

export const inferenceShape = z.looseObject({
  Containers: z.array(containerShape).min(1).max(15),
  SupportedContentTypes: z.array(z.string().max(256)).optional(),
  SupportedResponseMIMETypes: z.array(z.string().max(1024)).optional(),
});

const metadataText = (longest: number): z.ZodString =>
  z
    .string()
    .max(longest, `Member must have length less than or equal to ${longest}`)
    .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 'Member may have letters, digits, space and _.:/=+-@ only');

export const customerMetadataShape = z
  .record(metadataText(128), metadataText(256))
  .refine((given) => Object.keys(given).length <= 50, 'Map must have at most 50 entries');

const metricsSource = z.looseObject({ ContentType: z.string().max(256), S3Uri: s3UriShape });
const metricsShape = z.looseObject({
  ModelQuality: z
    .looseObject({ Statistics: metricsSource.optional(), Constraints: metricsSource.optional() })
    .optional(),
  ModelDataQuality: z
    .looseObject({ Statistics: metricsSource.optional(), Constraints: metricsSource.optional() })
    .optional(),
  Bias: z.looseObject({ Report: metricsSource.optional() }).optional(),
  Explainability: z.looseObject({ Report: metricsSource.optional() }).optional(),
});

export const lifeCycleShape = z.looseObject({
  Stage: z.string().max(63),
  StageStatus: z.string().max(63),
  StageDescription: z.string().max(1024).optional(),
});

const describable = {
  ModelApprovalStatus: approvalShape.optional(),
  CustomerMetadataProperties: customerMetadataShape.optional(),
  ModelLifeCycle: lifeCycleShape.optional(),
  SourceUri: z.string().max(1024).optional(),
};

export const createShape = z.looseObject({
  ...describable,
  ModelPackageGroupName: z.string().optional(),
  ModelPackageName: nameShape.optional(),
  ModelPackageDescription: z.string().max(1024).optional(),
  InferenceSpecification: inferenceShape.optional(),
  MetadataProperties: z
    .looseObject({
      CommitId: z.string().max(1024).optional(),
      Repository: z.string().max(1024).optional(),
      GeneratedBy: z.string().max(1024).optional(),
      ProjectId: z.string().max(1024).optional(),
    })
    .optional(),
  ModelMetrics: metricsShape.optional(),
  DriftCheckBaselines: metricsShape.optional(),
  ClientToken: z.string().max(36).optional(),
  Tags: tagsShape.optional(),
});

/** Strict: what cannot be changed after creation (metrics, baselines, metadata properties) is refused by name. */
export const updateShape = z.strictObject({
  ...describable,
  ModelPackageArn: z.string(),
  ApprovalDescription: z.string().max(1024).optional(),
  CustomerMetadataPropertiesToRemove: z.array(z.string()).optional(),
  InferenceSpecification: inferenceShape.optional(),
  AdditionalInferenceSpecificationsToAdd: z.array(z.looseObject({})).optional(),
  ModelCard: z.looseObject({}).optional(),
  ClientToken: z.string().max(36).optional(),
});
