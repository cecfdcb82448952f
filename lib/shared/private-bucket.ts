import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  /** Bucket for access logs. @default - none, as for the log bucket itself */
  readonly accessLogs?: IBucket;
  /** Folder for access logs. @default - the root */
  readonly accessLogsPrefix?: string;
  /** In addition to removing unfinished uploads. @default - none */
  readonly lifecycleRules?: readonly LifecycleRule[];
  /** @default true */
  readonly versioned?: boolean;
}

/**
 * A bucket as every one of this app is: private, encrypted, TLS only, and kept when the stack goes.
 * Typed as its interface, because the CDK's class does not meet it under exactOptionalPropertyTypes.
 */
export function privateBucket(scope: Construct, id: string, props: PrivateBucketProps = {}): IBucket {
  const { accessLogs, accessLogsPrefix } = props;
  return new Bucket(scope, id, {
    versioned: props.versioned ?? true,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ...(props.lifecycleRules ?? []),
    ],
    ...(accessLogs === undefined ? {} : { serverAccessLogsBucket: accessLogs }),
    ...(accessLogsPrefix === undefined ? {} : { serverAccessLogsPrefix: accessLogsPrefix }),
  }) as IBucket;
}
