import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  type BuildSpec,
  Cache,
  ComputeType,
  LinuxBuildImage,
  LocalCacheMode,
  PipelineProject,
} from 'aws-cdk-lib/aws-codebuild';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface BuildProjectProps {
  readonly description: string;
  readonly buildSpec: BuildSpec;
  readonly environment: Readonly<Record<string, string>>;
  /** @default Duration.minutes(30) */
  readonly timeout?: Duration;
}

/** A CodeBuild project of the pipeline. What it may read and write is granted by its stage. */
export class BuildProject extends PipelineProject {
  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id, {
      description: props.description,
      buildSpec: props.buildSpec,
      environment: { buildImage: LinuxBuildImage.STANDARD_7_0, computeType: ComputeType.SMALL },
      environmentVariables: Object.fromEntries(
        Object.entries(props.environment).map(([name, value]) => [name, { value }]),
      ),
      timeout: props.timeout ?? Duration.minutes(30),
      queuedTimeout: Duration.hours(1),
      // A cache on the host needs no permission: a shared one in S3 would let tests write where releases lie.
      cache: Cache.local(LocalCacheMode.CUSTOM),
      logging: {
        cloudWatch: {
          logGroup: new LogGroup(scope, `${id}Logs`, {
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        },
      },
    });
  }
}
