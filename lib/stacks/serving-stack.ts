import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ServingEnvironment, type ServingEnvironmentProps } from '../rollout/serving-environment';

export interface ServingStackProps extends StackProps, ServingEnvironmentProps {}

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
