import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnModelPackageGroup } from 'aws-cdk-lib/aws-sagemaker';
import type { Construct } from 'constructs';
import { GoldenData } from '../golden-data/golden-data';
import { LakeScans } from '../golden-data/lake-scans';
import { MonitoringStore } from '../monitoring/monitoring-store';
import { modelPackageGroupName } from '../pipeline/names';
import { RunStore } from '../pipeline/run-store';
import { RetrainingTable, type RetrainingTableRef } from '../retraining/retraining-table';
import { RolloutTable, type RolloutTableRef } from '../rollout/rollout-table';
import { privateBucket } from '../shared/private-bucket';

export interface DataStackProps extends StackProps {
  readonly application: string;
}

/** Everything that must outlive deployments: golden and captured data, the documents of all runs, the model registry. */
export class DataStack extends Stack {
  readonly goldenBucket: IBucket;
  readonly lakeScans: LakeScans;
  readonly artifactBucket: IBucket;
  readonly modelPackageGroup: CfnModelPackageGroup;
  readonly rolloutTable: RolloutTableRef;
  readonly monitoringBucket: IBucket;
  readonly retrainingTable: RetrainingTableRef;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const accessLogs = privateBucket(this, 'AccessLogs', {
      versioned: false,
      lifecycleRules: [{ id: 'old-logs', expiration: Duration.days(365) }],
    });
    this.goldenBucket = new GoldenData(this, 'GoldenData', { accessLogs }).bucket;
    this.lakeScans = new LakeScans(this, 'LakeScans', { accessLogs });
    this.artifactBucket = new RunStore(this, 'RunStore', { application: props.application, accessLogs }).bucket;
    this.rolloutTable = new RolloutTable(this, 'Rollouts').table;
    this.monitoringBucket = new MonitoringStore(this, 'Monitoring', { accessLogs }).bucket;
    this.retrainingTable = new RetrainingTable(this, 'Retraining').table;
    this.modelPackageGroup = new CfnModelPackageGroup(this, 'ModelPackageGroup', {
      modelPackageGroupName: modelPackageGroupName(props.application),
      modelPackageGroupDescription: `Releases of ${props.application}`,
    });
    // A group with versions cannot be deleted, and its versions are the history of what served.
    this.modelPackageGroup.applyRemovalPolicy(RemovalPolicy.RETAIN);

    new CfnOutput(this, 'GoldenBucketName', { value: this.goldenBucket.bucketName });
    new CfnOutput(this, 'ArtifactBucketName', { value: this.artifactBucket.bucketName });
    new CfnOutput(this, 'RolloutTableName', { value: this.rolloutTable.tableName });
    new CfnOutput(this, 'MonitoringBucketName', { value: this.monitoringBucket.bucketName });
    new CfnOutput(this, 'RetrainingTableName', { value: this.retrainingTable.tableName });
    new CfnOutput(this, 'ModelPackageGroupName', { value: modelPackageGroupName(props.application) });
    new CfnOutput(this, 'ModelPackageGroupArn', { value: this.modelPackageGroup.attrModelPackageGroupArn });
  }
}
