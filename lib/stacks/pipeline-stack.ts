import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { AppConfig } from '../config/app';
import type { LakeScans } from '../golden-data/lake-scans';
import { ModelRegistry } from '../model-registry/model-registry';
import { Notices } from '../observability/notices';
import { modelPackageGroupName, pipelineName } from '../pipeline/names';
import { PipelineLocationParameter } from '../pipeline/pipeline-location';
import { ReleasePipeline } from '../pipeline/release-pipeline';
import { PullRequestChecks } from '../pull-requests/pull-request-checks';
import type { RetrainingTableRef } from '../retraining/retraining-table';
import type { RolloutTableRef } from '../rollout/rollout-table';
import type { ServingEnvironment } from '../rollout/serving-environment';
import { Training } from '../training/training';

export interface PipelineStackProps extends StackProps {
  readonly config: AppConfig;
  readonly artifactBucket: IBucket;
  readonly rolloutTable: RolloutTableRef;
  readonly retrainingTable: RetrainingTableRef;
  readonly goldenBucket: IBucket;
  readonly lakeScans: LakeScans;
  readonly staging: ServingEnvironment;
  readonly production: ServingEnvironment;
}

/** The pipeline with everything that only it uses: tests, training, registration and notices. */
export class PipelineStack extends Stack {
  readonly notices: Notices;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    const { config, artifactBucket, goldenBucket, lakeScans, staging, production } = props;
    const { application } = config;
    const names = { pipelineName: pipelineName(application), modelPackageGroup: modelPackageGroupName(application) };
    const notices = new Notices(this, 'Notices', {
      application,
      artifactBucket,
      pipelineName: names.pipelineName,
      retrainingTable: props.retrainingTable,
      ...config.notifications,
    });
    this.notices = notices;
    notices.watchRollbacks(production.rollbackMachine);
    const registry = new ModelRegistry(this, 'ModelRegistry', {
      artifactBucket,
      ...names,
      approvalRequired: config.environments.production.approval.required,
    });
    const { stateMachine: train } = new Training(this, 'Training', {
      application,
      artifactBucket,
      modelPackageGroup: names.modelPackageGroup,
      instanceType: config.training.instanceType,
      volumeGiB: config.training.volumeGiB,
      maxRuntime: Duration.minutes(config.training.maxRuntimeMinutes),
      productionEndpoint: production.endpointName,
      rolloutTable: props.rolloutTable,
    });
    new PipelineLocationParameter(this, 'Location', {
      application,
      location: {
        pipelineName: names.pipelineName,
        trainMachineArn: train.stateMachineArn,
        artifactBucket: artifactBucket.bucketName,
      },
    });
    new ReleasePipeline(this, 'Release', {
      config,
      artifactBucket,
      goldenBucket,
      lakeScans,
      train,
      registry,
      notices,
      staging,
      production,
    });
    const { source, pullRequests } = config;
    if (source.type !== 's3' && pullRequests.enabled) {
      new PullRequestChecks(this, 'PullRequests', { config, source, goldenBucket });
    }

    new CfnOutput(this, 'PipelineName', { value: names.pipelineName });
    new CfnOutput(this, 'NoticeTopicArn', { value: notices.topic.topicArn });
  }
}
