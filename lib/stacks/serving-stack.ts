import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { EnvironmentName } from '../rollout/contract';
import { ServingEnvironment } from '../rollout/serving-environment';

export interface ServingStackProps extends StackProps {
  readonly application: string;
  readonly environment: EnvironmentName;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly artifactBucket: IBucket;
  readonly modelPackageGroup: string;
}

const OUTPUTS = { staging: 'StagingEndpointName', production: 'ProductionEndpointName' } as const;

/** One environment: the state machine that owns its endpoint, and the checks that guard it. */
export class ServingStack extends Stack {
  readonly serving: ServingEnvironment;

  constructor(scope: Construct, id: string, props: ServingStackProps) {
    super(scope, id, props);
    this.serving = new ServingEnvironment(this, 'Serving', props);
    new CfnOutput(this, OUTPUTS[props.environment], { value: this.serving.endpointName });
  }
}
