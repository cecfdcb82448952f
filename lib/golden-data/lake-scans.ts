import { ArnFormat, Duration, Names, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { privateBucket } from '../shared/private-bucket';
import { LAKE_TABLES, SCAN_ENV } from './scan-contract';

export interface LakeScansProps {
  /** Bucket for access logs. */
  readonly accessLogs: IBucket;
  /** What one query may read before Athena cancels it. @default Size.tebibytes(1), which costs about 5 USD */
  readonly maxBytesScanned?: Size;
}

/**
 * Where Athena judges data that no machine holds: a work group whose settings no caller can change, a database for the
 * tables that last as long as a judgement, and a bucket for answers, which are gone after a week.
 */
export class LakeScans extends Construct {
  readonly workGroupName: string;
  readonly databaseName: string;
  readonly results: IBucket;

  constructor(scope: Construct, id: string, props: LakeScansProps) {
    super(scope, id);
    this.results = privateBucket(this, 'Results', {
      accessLogs: props.accessLogs,
      accessLogsPrefix: 'scans/',
      versioned: false,
      lifecycleRules: [{ id: 'old-answers', expiration: Duration.days(7) }],
    });
    // Both have a name by force; it comes from the place in the tree, so that two applications never share one.
    this.workGroupName = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    this.databaseName = Names.uniqueResourceName(this, { maxLength: 64, separator: '_' }).toLowerCase();
    const group = new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroupName,
      description: 'Data gates of Assay',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: (props.maxBytesScanned ?? Size.tebibytes(1)).toBytes(),
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: this.results.s3UrlForObject('answers/'),
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: { name: this.databaseName, description: 'Tables of data gates; none is older than a judgement' },
    });
    database.applyRemovalPolicy(RemovalPolicy.DESTROY);
  }

  /** Tells a build where to judge; goes with `grantScan`. */
  get environment(): Readonly<Record<string, string>> {
    return { [SCAN_ENV.workGroup]: this.workGroupName, [SCAN_ENV.database]: this.databaseName };
  }

  /** Lets somebody judge data with Athena. What may be read of the data is not part of this. */
  grantScan(grantee: IGrantable): Grant {
    const glue = (resource: string, name?: string): string =>
      Stack.of(this).formatArn({
        service: 'glue',
        resource,
        ...(name === undefined ? { arnFormat: ArnFormat.NO_RESOURCE_NAME } : { resourceName: name }),
      });
    const allow = (actions: string[], resourceArns: string[]): Grant =>
      Grant.addToPrincipal({ grantee, actions, resourceArns });
    return allow(
      ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StopQueryExecution'],
      [Stack.of(this).formatArn({ service: 'athena', resource: 'workgroup', resourceName: this.workGroupName })],
    )
      .combine(
        allow(
          ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions', 'glue:CreateTable', 'glue:DeleteTable'],
          [glue('catalog'), glue('database', this.databaseName), glue('table', `${this.databaseName}/${LAKE_TABLES}`)],
        ),
      )
      .combine(allow(['s3:GetBucketLocation', 's3:ListBucket'], [this.results.bucketArn]))
      .combine(
        allow(
          ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
          [this.results.arnForObjects('answers/*')],
        ),
      );
  }
}
