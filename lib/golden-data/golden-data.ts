import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from '../shared/private-bucket';

export interface GoldenDataProps {
  /** Bucket for access logs. */
  readonly accessLogs: IBucket;
}

/**
 * Golden datasets: `datasets/<name>/<version>/…`, and what lands to become part of them: `landing/<name>/…`. Every version
 * of every object is kept, because registered releases name the object versions that they were made of.
 */
export class GoldenData extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: GoldenDataProps) {
    super(scope, id);
    this.bucket = privateBucket(this, 'Bucket', { accessLogs: props.accessLogs, accessLogsPrefix: 'golden/' });
    // Uploads start runs. The CDK's own property would add a custom resource that does no more than this.
    const { defaultChild } = this.bucket.node;
    (defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
  }
}
