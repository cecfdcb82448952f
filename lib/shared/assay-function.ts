import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The checkout: entries and the lock file are given relative to it, whatever the working directory is. */
export const PROJECT_ROOT = join(__dirname, '..', '..');

/**
 * Times a call to AWS is made before its function gives up; with the SDK's waits between them that is 8 s at most. The
 * function then is tried again as a whole, so all its calls must succeed at once for it to get on.
 */
export const SDK_ATTEMPTS = 5;

export interface AssayFunctionProps {
  /** Handler file relative to the project root, e.g. `lambda/rollout/judge.ts`. It exports `handler`. */
  readonly entry: string;
  /** One line: what the function is for, as the console shows it. @default - none */
  readonly description?: string;
  /** @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default Duration.seconds(60) */
  readonly timeout?: Duration;
  /** MiB. @default 256 */
  readonly memorySize?: number;
}

/**
 * A TypeScript Lambda handler as every one of this app is made: one bundled file that brings its own AWS SDK, a log
 * group with retention, a timeout and tracing. The bundle needs nothing from the runtime but Node, so it also runs
 * outside AWS as it is.
 */
export class AssayFunction extends NodejsFunction {
  constructor(scope: Construct, id: string, props: AssayFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of its own that writes to this log group: the managed policy would allow all of the account's.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      entry: join(PROJECT_ROOT, props.entry),
      handler: 'handler',
      ...(props.description === undefined ? {} : { description: props.description }),
      runtime: Runtime.NODEJS_22_X,
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: join(PROJECT_ROOT, 'package-lock.json'),
      timeout: props.timeout ?? Duration.seconds(60),
      memorySize: props.memorySize ?? 256,
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
      environment: { AWS_MAX_ATTEMPTS: String(SDK_ATTEMPTS), ...props.environment },
      bundling: {
        target: 'node22',
        format: OutputFormat.CJS,
        bundleAwsSDK: true,
        externalModules: [],
        minify: false,
        sourceMap: false,
      },
    });
  }
}
