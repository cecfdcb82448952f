import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { FunctionBundles } from './function-bundle';

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
export class AssayFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: AssayFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of its own that writes to this log group: the managed policy would allow all of the account's.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      code: bundledCode(props.entry),
      handler: 'index.handler',
      ...(props.description === undefined ? {} : { description: props.description }),
      runtime: Runtime.NODEJS_22_X,
      timeout: props.timeout ?? Duration.seconds(60),
      memorySize: props.memorySize ?? 256,
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
      environment: { AWS_MAX_ATTEMPTS: String(SDK_ATTEMPTS), ...props.environment },
    });
  }
}

const bundles = new FunctionBundles(PROJECT_ROOT);

/** @throws if esbuild finds an error */
function bundledCode(entry: string): Code {
  return Code.fromAsset(dirname(join(PROJECT_ROOT, entry)), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the type; never pulled, since bundling in this process either works or throws.
      image: DockerImage.fromRegistry('scratch'),
      // Tells apart the entries of one folder, where the CDK remembers what it has bundled.
      command: [entry],
      local: {
        tryBundle(outputDir) {
          writeFileSync(join(outputDir, 'index.js'), bundles.bundle(entry));
          return true;
        },
      },
    },
  });
}
