import { Stack } from 'aws-cdk-lib';
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { AppConfig } from '../config/app';
import { parseEcrImage } from '../config/images';
import { LANDED_VERSIONS, LANDING_FOLDER } from '../golden-data/contract';
import type { LakeScans } from '../golden-data/lake-scans';
import { allowListVersions, allowLocation, allowRead, allowWrite } from '../shared/bucket-access';
import { BuildProject } from './build-project';
import { codeTestsBuildspec } from './buildspecs/code-tests';
import { type Buildspec, dataTestsBuildspec, modelTestsBuildspec } from './buildspecs/gates';
import { cliAsset, duckdbAsset } from './cli-asset';
import { BUILD_ENV, HOLDOUT_KEYS, LANDING_GATES, RUN_KEYS, reportKey } from './contract';

export interface BuildsProps {
  readonly config: AppConfig;
  readonly artifactBucket: IBucket;
  readonly goldenBucket: IBucket;
  readonly lakeScans: LakeScans;
  readonly repository: string | undefined;
  readonly branch: string | undefined;
}

/** The three CodeBuild projects: tests of the code, of the data and of the model. */
export class Builds extends Construct {
  readonly codeTests: BuildProject;
  readonly dataTests: BuildProject;
  readonly modelTests: BuildProject;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BuildsProps,
  ) {
    super(scope, id);
    const { workload } = props.config;
    this.codeTests = new BuildProject(this, 'CodeTests', {
      description: 'Infrastructure, unit and integration tests of a push',
      buildSpec: codeTestsBuildspec(workload.repository),
      environment: {
        [BUILD_ENV.workload]: workload.path,
        [BUILD_ENV.infrastructureTests]: workload.repository === 'combined' ? '1' : '0',
      },
    });
    const cli = cliAsset(this, 'Cli');
    const duckdb = duckdbAsset(this, 'DuckDb');
    const environment = {
      ...this.environment(),
      [BUILD_ENV.cli]: cli.s3ObjectUrl,
      [BUILD_ENV.duckdb]: duckdb.s3ObjectUrl,
    };
    this.dataTests = this.gate('DataTests', 'Pins the release and judges its data', dataTestsBuildspec(), {
      ...environment,
      ...props.lakeScans.environment,
    });
    this.modelTests = this.gate('ModelTests', 'Judges the trained model', modelTestsBuildspec(), environment);
    for (const asset of [cli, duckdb]) {
      asset.grantRead(this.dataTests);
      asset.grantRead(this.modelTests);
    }
    this.allowDataTests();
    this.allowModelTests();
  }

  private gate(
    id: string,
    description: string,
    spec: Buildspec,
    environment: Readonly<Record<string, string>>,
  ): BuildProject {
    return new BuildProject(this, id, { description, buildSpec: BuildSpec.fromObject({ ...spec }), environment });
  }

  private environment(): Record<string, string> {
    const { config, artifactBucket, goldenBucket, repository, branch } = this.props;
    return {
      [BUILD_ENV.application]: config.application,
      [BUILD_ENV.artifactBucket]: artifactBucket.bucketName,
      [BUILD_ENV.goldenBucket]: goldenBucket.bucketName,
      [BUILD_ENV.workload]: config.workload.path,
      [BUILD_ENV.image]: config.image,
      ...(repository === undefined ? {} : { [BUILD_ENV.repository]: repository }),
      ...(branch === undefined ? {} : { [BUILD_ENV.branch]: branch }),
    };
  }

  private allowDataTests(): void {
    const { artifactBucket, goldenBucket, lakeScans, config } = this.props;
    lakeScans.grantScan(this.dataTests);
    // Athena asks where a bucket is before it reads from it.
    allowLocation(goldenBucket, this.dataTests);
    allowRead(goldenBucket, this.dataTests, 'datasets/*', `${LANDING_FOLDER}*`);
    allowListVersions(goldenBucket, this.dataTests, 'datasets/*', `${LANDING_FOLDER}*`);
    // What landed makes new versions, and never changes one that a person stored.
    allowWrite(goldenBucket, this.dataTests, ...LANDED_VERSIONS);
    // The reports of an earlier run say whether the data that it took is any good.
    const read = [RUN_KEYS.release, ...LANDING_GATES.map((gate) => reportKey(gate))];
    allowRead(artifactBucket, this.dataTests, ...read.map((key) => `runs/*/${key}`));
    const written = [
      RUN_KEYS.release,
      RUN_KEYS.source,
      `${RUN_KEYS.trainData}*`,
      `${RUN_KEYS.transformFolder}*`,
      'reports/data.*',
      'reports/drift.*',
    ];
    for (const key of written) allowWrite(artifactBucket, this.dataTests, `runs/*/${key}`);
    const ecr = parseEcrImage(config.image);
    if (ecr === undefined) return;
    // To pin the image by its digest.
    this.dataTests.addToRolePolicy(
      new PolicyStatement({
        actions: ['ecr:BatchGetImage'],
        resources: [`arn:${Stack.of(this).partition}:ecr:${ecr.region}:${ecr.account}:repository/${ecr.repository}`],
      }),
    );
  }

  private allowModelTests(): void {
    const { artifactBucket, goldenBucket } = this.props;
    allowRead(goldenBucket, this.modelTests, 'datasets/*');
    allowRead(artifactBucket, this.modelTests, 'runs/*', HOLDOUT_KEYS);
    allowWrite(
      artifactBucket,
      this.modelTests,
      `runs/*/${RUN_KEYS.environment}`,
      `runs/*/${RUN_KEYS.baseline}`,
      'runs/*/reports/model.*',
      'runs/*/reports/behaviour.*',
      HOLDOUT_KEYS,
    );
  }
}
