import {
  CreateBucketCommand,
  HeadBucketCommand,
  NotFound,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { awsClientConfig } from '../../engine/aws';
import { isObject } from '../../engine/json';
import type { EngineContext, ResolvedResource, ResourceProvider } from '../../engine/ports';
import { physicalName } from '../physical-name';
import { Properties } from '../properties';
import { lifecycleRules } from './s3-lifecycle';

const SUPPORTED = [
  'BucketName',
  'VersioningConfiguration',
  'BucketEncryption',
  'PublicAccessBlockConfiguration',
  'LifecycleConfiguration',
  'NotificationConfiguration',
];
/** Access control, access logs and cost: without effect where one user runs everything. */
const WITHOUT_EFFECT = [
  'AccessControl',
  'LoggingConfiguration',
  'OwnershipControls',
  'Tags',
  'IntelligentTieringConfigurations',
  'MetricsConfigurations',
];

/** Versioned, encrypted, private buckets in the emulator. */
export function bucketProvider(context: EngineContext): ResourceProvider {
  const s3 = new S3Client(awsClientConfig(context));
  return {
    types: ['AWS::S3::Bucket'],
    create: async (resource) => {
      const properties = new Properties(resource).only([...SUPPORTED, ...WITHOUT_EFFECT]);
      const bucket = properties.text('BucketName') ?? physicalName(resource, 63).toLowerCase();
      if (!(await exists(s3, bucket))) await s3.send(new CreateBucketCommand({ Bucket: bucket }));
      await configure(s3, bucket, resource, properties);
      return {
        ref: bucket,
        attributes: {
          Arn: `arn:aws:s3:::${bucket}`,
          DomainName: `${bucket}.s3.amazonaws.com`,
          RegionalDomainName: `${bucket}.s3.${context.region}.amazonaws.com`,
        },
      };
    },
  };
}

async function exists(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

async function configure(
  s3: S3Client,
  bucket: string,
  resource: ResolvedResource,
  properties: Properties,
): Promise<void> {
  const versioning = properties.object('VersioningConfiguration');
  if (versioning !== undefined) {
    const status = versioning.Status === 'Enabled' ? 'Enabled' : 'Suspended';
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: status } }));
  }
  const encryption = encryptionRules(properties);
  if (encryption.length > 0) {
    await s3.send(
      new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: encryption } }),
    );
  }
  const access = properties.object('PublicAccessBlockConfiguration');
  if (access !== undefined) {
    const on = (name: string) => String(access[name] ?? false) === 'true';
    const block = {
      BlockPublicAcls: on('BlockPublicAcls'),
      BlockPublicPolicy: on('BlockPublicPolicy'),
      IgnorePublicAcls: on('IgnorePublicAcls'),
      RestrictPublicBuckets: on('RestrictPublicBuckets'),
    };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: block }));
  }
  const rules = lifecycleRules(resource);
  if (rules.length > 0)
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: { Rules: [...rules] } }),
    );
  if (notifiesEventBridge(properties)) {
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
  }
}

function encryptionRules(properties: Properties) {
  const rules = properties.object('BucketEncryption')?.ServerSideEncryptionConfiguration;
  return (Array.isArray(rules) ? rules.filter(isObject) : []).map((rule) => {
    const { SSEAlgorithm, KMSMasterKeyID } = isObject(rule.ServerSideEncryptionByDefault)
      ? rule.ServerSideEncryptionByDefault
      : {};
    return {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: SSEAlgorithm === 'aws:kms' ? ('aws:kms' as const) : ('AES256' as const),
        ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID: String(KMSMasterKeyID) }),
      },
      ...(rule.BucketKeyEnabled === undefined ? {} : { BucketKeyEnabled: String(rule.BucketKeyEnabled) === 'true' }),
    };
  });
}

function notifiesEventBridge(properties: Properties): boolean {
  const { EventBridgeConfiguration, ...others } = properties.object('NotificationConfiguration') ?? {};
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw properties.error(`NotificationConfiguration.${other} is not supported here; use EventBridgeConfiguration`);
  return isObject(EventBridgeConfiguration) && String(EventBridgeConfiguration.EventBridgeEnabled ?? true) === 'true';
}

/** Stored with the bucket; the emulator does not enforce policies. */
export function bucketPolicyProvider(context: EngineContext): ResourceProvider {
  const s3 = new S3Client(awsClientConfig(context));
  return {
    types: ['AWS::S3::BucketPolicy'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['Bucket', 'PolicyDocument']);
      const bucket = properties.requiredText('Bucket');
      await s3.send(
        new PutBucketPolicyCommand({ Bucket: bucket, Policy: properties.document('PolicyDocument') ?? '{}' }),
      );
      return { ref: bucket, attributes: {} };
    },
  };
}
