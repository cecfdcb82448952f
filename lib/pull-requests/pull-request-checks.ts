import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxBuildImage, Project, type ProjectProps } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { AppConfig, SourceConfig } from '../config/app';
import { cliAsset, duckdbAsset } from '../pipeline/cli-asset';
import { BUILD_ENV } from '../pipeline/contract';
import { allowRead } from '../shared/bucket-access';
import { pullRequestBuildspec } from './buildspec';
import { codeCommitSource } from './codecommit-source';
import { connectionSource } from './connection-source';
import { CONCURRENT_BUILDS } from './contract';

/** Sources that have pull requests. */
export type GitConfig = Exclude<SourceConfig, { type: 's3' }>;

export interface PullRequestChecksProps {
  readonly config: Pick<AppConfig, 'workload' | 'pullRequests'>;
  readonly source: GitConfig;
  readonly goldenBucket: IBucket;
}

/**
 * Tests the code of pull requests and judges the golden data that they pin, and says at the pull request how that ended.
 * What runs there was reviewed by nobody: it may read golden data, and write its own logs and test reports.
 */
export class PullRequestChecks extends Construct {
  readonly project: Project;

  constructor(scope: Construct, id: string, { config, source, goldenBucket }: PullRequestChecksProps) {
    super(scope, id);
    const { repository, path } = config.workload;
    const role = new Role(this, 'Role', {
      description: 'Builds of pull requests',
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    const { origin, complete } =
      source.type === 'connection'
        ? connectionSource(this, role, source, config.pullRequests)
        : codeCommitSource(this, source);
    const tools =
      repository === 'own' ? { cli: cliAsset(this, 'Cli'), duckdb: duckdbAsset(this, 'DuckDb') } : undefined;
    this.project = new Project(this, 'Project', {
      ...settings(this),
      description: `Checks of pull requests to ${source.branch}`,
      role,
      source: origin,
      buildSpec: BuildSpec.fromObject({ ...pullRequestBuildspec(repository) }),
      environmentVariables: variables({
        [BUILD_ENV.workload]: path,
        [BUILD_ENV.goldenBucket]: goldenBucket.bucketName,
        [BUILD_ENV.infrastructureTests]: repository === 'combined' ? '1' : '0',
        ...(tools === undefined
          ? {}
          : { [BUILD_ENV.cli]: tools.cli.s3ObjectUrl, [BUILD_ENV.duckdb]: tools.duckdb.s3ObjectUrl }),
      }),
    });
    complete(this.project);
    allowRead(goldenBucket, this.project, 'datasets/*');
    // Not asset.grantRead: that is the whole bucket, with the code of everything else that is deployed from there.
    for (const { bucket, s3ObjectKey } of Object.values(tools ?? {})) {
      const tool = { actions: ['s3:GetObject'], resources: [bucket.arnForObjects(s3ObjectKey)] };
      this.project.addToRolePolicy(new PolicyStatement(tool));
    }
  }
}

/** Without a cache: what one pull request left there, another would run. */
const settings = (scope: Construct): ProjectProps => ({
  environment: { buildImage: LinuxBuildImage.STANDARD_7_0, computeType: ComputeType.SMALL, privileged: false },
  concurrentBuildLimit: CONCURRENT_BUILDS,
  timeout: Duration.minutes(30),
  queuedTimeout: Duration.hours(1),
  logging: {
    cloudWatch: {
      logGroup: new LogGroup(scope, 'Logs', {
        retention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    },
  },
});

const variables = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
