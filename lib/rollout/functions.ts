import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { MONITORING_FOLDERS } from '../monitoring/contract';
import { RUN_KEYS } from '../pipeline/contract';
import { AssayFunction } from '../shared/assay-function';
import { allowRead, allowWrite } from '../shared/bucket-access';
import type { SageMakerRole } from '../shared/sagemaker-role';
import type { EnvironmentArns } from './arns';
import { type EnvironmentName, ROLLOUT_ENV, type VariantAlarms } from './contract';
import { LockFunction } from './lock-function';
import type { RolloutTableRef } from './rollout-table';
import { allowScaling } from './scaling-access';
import { allowTable } from './table-access';

export interface DeploymentFunctionsProps {
  readonly application: string;
  readonly environment: EnvironmentName;
  readonly endpointName: string;
  readonly arns: EnvironmentArns;
  readonly executionRole: SageMakerRole;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly artifactBucket: IBucket;
  readonly rolloutTable: RolloutTableRef;
  /** Alarms that guard the variants. @default - none, as in staging */
  readonly alarms?: VariantAlarms;
  /** Takes captured requests. @default - nothing is captured */
  readonly captures?: IBucket;
}

const READ_ENDPOINT = ['sagemaker:DescribeEndpoint'];
const READ_PARTS = ['sagemaker:DescribeEndpointConfig', 'sagemaker:DescribeModel'];

/** The functions that both state machines call. Each role holds what its function does and no more. */
export class DeploymentFunctions extends Construct {
  readonly lock: LockFunction;
  readonly plan: LambdaFunction;
  readonly converge: LambdaFunction;
  readonly settle: LambdaFunction;

  constructor(scope: Construct, id: string, props: DeploymentFunctionsProps) {
    super(scope, id);
    const { arns, artifactBucket, endpointName } = props;
    const items = { table: props.rolloutTable, endpointName };
    this.lock = new LockFunction(this, 'Lock', items);
    this.plan = new AssayFunction(this, 'Plan', {
      entry: 'lambda/rollout/plan.ts',
      description: `Plans deployments to ${props.endpointName}`,
      environment: {
        [ROLLOUT_ENV.application]: props.application,
        [ROLLOUT_ENV.environment]: props.environment,
        [ROLLOUT_ENV.endpoint]: props.endpointName,
        [ROLLOUT_ENV.artifactBucket]: artifactBucket.bucketName,
        [ROLLOUT_ENV.instanceType]: props.instanceType,
        [ROLLOUT_ENV.instanceCount]: String(props.instanceCount),
        ...(props.alarms === undefined ? {} : { [ROLLOUT_ENV.alarms]: Stack.of(this).toJsonString(props.alarms) }),
        ...(props.captures === undefined ? {} : { [ROLLOUT_ENV.captureUri]: captureUri(props.captures) }),
      },
    });
    allow(this.plan, READ_ENDPOINT, [arns.endpoint]);
    allow(this.plan, READ_PARTS, [arns.configs, arns.models]);
    allow(this.plan, ['sagemaker:DescribeModelPackage'], [arns.packages]);
    if (props.alarms !== undefined) allow(this.plan, ['cloudwatch:DescribeAlarms'], ['*']);
    allowRead(artifactBucket, this.plan, `runs/*/${RUN_KEYS.release}`, `runs/*/${RUN_KEYS.registration}`);

    allowTable(this.plan, items, 'Query');

    this.converge = new AssayFunction(this, 'Converge', {
      entry: 'lambda/rollout/converge.ts',
      description: `Brings ${props.endpointName} to the state that a deployment asks for`,
      environment: {
        [ROLLOUT_ENV.endpoint]: props.endpointName,
        [ROLLOUT_ENV.executionRoleArn]: props.executionRole.roleArn,
      },
    });
    this.allowChanges(arns, props.executionRole);
    allowTable(this.converge, items, 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem');

    this.settle = new AssayFunction(this, 'Settle', {
      entry: 'lambda/rollout/settle.ts',
      description: `Puts autoscaling of ${endpointName} on again, and deletes what no rollback needs`,
      environment: { [ROLLOUT_ENV.endpoint]: endpointName },
    });
    allow(this.settle, READ_ENDPOINT, [arns.endpoint]);
    allow(this.settle, ['sagemaker:DescribeEndpointConfig', 'sagemaker:DeleteEndpointConfig'], [arns.configs]);
    allow(this.settle, ['sagemaker:DeleteModel'], [arns.models]);
    allow(this.settle, ['sagemaker:ListEndpointConfigs', 'sagemaker:ListModels'], ['*']);
    allowTable(this.settle, items, 'GetItem', 'Query', 'PutItem', 'DeleteItem');
    for (const scaler of [this.converge, this.settle]) allowScaling(scaler, arns.endpoint);
  }

  private allowChanges(arns: EnvironmentArns, executionRole: SageMakerRole): void {
    const change = [
      ...READ_ENDPOINT,
      'sagemaker:CreateEndpoint',
      'sagemaker:UpdateEndpoint',
      'sagemaker:UpdateEndpointWeightsAndCapacities',
      'sagemaker:DeleteEndpoint',
    ];
    allow(this.converge, change, [arns.endpoint]);
    // CreateEndpoint and UpdateEndpoint are authorised on the configuration, too.
    allow(
      this.converge,
      [
        ...READ_PARTS,
        'sagemaker:CreateModel',
        'sagemaker:CreateEndpointConfig',
        'sagemaker:CreateEndpoint',
        'sagemaker:UpdateEndpoint',
      ],
      [arns.configs, arns.models],
    );
    // A model that is made from a package is authorised on the package, too.
    allow(this.converge, ['sagemaker:CreateModel', 'sagemaker:DescribeModelPackage'], [arns.packages]);
    executionRole.grantPassToSageMaker(this.converge);
  }
}

export interface CanaryFunctionsProps {
  readonly endpointName: string;
  readonly rolloutTable: RolloutTableRef;
  readonly arns: EnvironmentArns;
  readonly artifactBucket: IBucket;
  readonly alarms: VariantAlarms;
}

/** The functions that production has on top: the judge, and what is written at the end. */
export class CanaryFunctions extends Construct {
  readonly judge: LambdaFunction;
  readonly conclude: LambdaFunction;
  readonly retire: LambdaFunction;

  constructor(scope: Construct, id: string, props: CanaryFunctionsProps) {
    super(scope, id);
    const { endpointName, arns, artifactBucket, alarms } = props;
    const items = { table: props.rolloutTable, endpointName };
    this.judge = new AssayFunction(this, 'Judge', {
      entry: 'lambda/rollout/judge.ts',
      description: `Judges a new release of ${endpointName} under traffic`,
      environment: {
        [ROLLOUT_ENV.endpoint]: endpointName,
        [ROLLOUT_ENV.artifactBucket]: artifactBucket.bucketName,
        [ROLLOUT_ENV.alarms]: Stack.of(this).toJsonString(alarms),
      },
      timeout: Duration.seconds(90),
      memorySize: 512,
    });
    // CloudWatch knows no resources for these reads.
    allow(this.judge, ['cloudwatch:GetMetricData', 'cloudwatch:DescribeAlarms'], ['*']);
    // Golden requests to both variants, and what they are held against.
    allow(this.judge, ['sagemaker:InvokeEndpoint'], [arns.endpoint]);
    const golden = [RUN_KEYS.release, RUN_KEYS.transformInput, `${RUN_KEYS.challengerPredictions}/*`];
    allowRead(artifactBucket, this.judge, ...golden.map((key) => `runs/*/${key}`));

    this.conclude = new AssayFunction(this, 'Conclude', {
      entry: 'lambda/rollout/conclude.ts',
      description: `Records how a rollout of ${endpointName} ended`,
      environment: {
        [ROLLOUT_ENV.endpoint]: endpointName,
        [ROLLOUT_ENV.artifactBucket]: artifactBucket.bucketName,
      },
    });
    allow(this.conclude, ['sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'], [arns.packages]);
    // The configuration that serves the release alone, for a rollback when it no longer stands by.
    allow(
      this.conclude,
      ['sagemaker:CreateEndpointConfig', 'sagemaker:DescribeEndpointConfig'],
      [arns.configs, arns.models],
    );
    allowRead(artifactBucket, this.conclude, `runs/*/${RUN_KEYS.release}`, `runs/*/${RUN_KEYS.rollout}`);
    allowTable(this.conclude, items, 'GetItem', 'Query', 'PutItem', 'UpdateItem');
    allowWrite(artifactBucket, this.conclude, `runs/*/${RUN_KEYS.rollout}`, 'runs/*/reports/canary.*');

    this.retire = new AssayFunction(this, 'Retire', {
      entry: 'lambda/rollout/retire.ts',
      description: `Says whether the old release of ${endpointName} need no longer stand by`,
      environment: { [ROLLOUT_ENV.endpoint]: endpointName },
    });
    allow(this.retire, READ_ENDPOINT, [arns.endpoint]);
    allow(this.retire, READ_PARTS, [arns.configs, arns.models]);
    allowTable(this.retire, items, 'Query');
  }
}

/** Without the slash at its end. */
const captureUri = (bucket: IBucket): string => bucket.s3UrlForObject(MONITORING_FOLDERS.capture.slice(0, -1));

const allow = (target: LambdaFunction, actions: string[], resources: string[]): void =>
  target.addToRolePolicy(new PolicyStatement({ actions, resources }));
