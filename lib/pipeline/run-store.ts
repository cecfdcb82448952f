import { Duration } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from '../shared/private-bucket';
import { artifactPrefix } from './names';

export interface RunStoreProps {
  readonly application: string;
  /** Bucket for access logs. */
  readonly accessLogs: IBucket;
}

/**
 * The artifact bucket: what stages hand to each other (`runs/<id>/…`) and CodePipeline's own archives. Runs stay: the
 * registry points at their sources, models and reports. What only a running pipeline needs goes after a month.
 */
export class RunStore extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: RunStoreProps) {
    super(scope, id);
    this.bucket = privateBucket(this, 'Bucket', {
      accessLogs: props.accessLogs,
      accessLogsPrefix: 'runs/',
      lifecycleRules: [
        { id: 'pipeline-archives', prefix: artifactPrefix(props.application), expiration: Duration.days(30) },
        { id: 'overwritten', noncurrentVersionExpiration: Duration.days(90) },
      ],
    });
  }
}
