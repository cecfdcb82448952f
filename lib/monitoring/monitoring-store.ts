import { Duration } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from '../shared/private-bucket';
import { MONITORING_FOLDERS } from './contract';

export interface MonitoringStoreProps {
  /** Bucket for access logs. */
  readonly accessLogs: IBucket;
}

/** What production was asked and answered, which labels came later, and what the monitors made of it. */
export class MonitoringStore extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, { accessLogs }: MonitoringStoreProps) {
    super(scope, id);
    this.bucket = privateBucket(this, 'Bucket', {
      accessLogs,
      accessLogsPrefix: 'monitoring/',
      // Requests of customers: kept for as long as labels may come, and never in older versions.
      versioned: false,
      lifecycleRules: [
        { id: 'captures', prefix: MONITORING_FOLDERS.capture, expiration: Duration.days(90) },
        // Joined long before; what was taken of them is kept with the releases.
        { id: 'labels', prefix: MONITORING_FOLDERS.labels, expiration: Duration.days(365) },
      ],
    });
  }
}
