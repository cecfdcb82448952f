import { Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { type PipelineLocation, pipelineParameter } from './contract';

export interface PipelineLocationParameterProps {
  readonly application: string;
  readonly location: PipelineLocation;
}

/** Tells the command line where the machine is that trains: its name is generated, the parameter's is known. */
export class PipelineLocationParameter extends Construct {
  constructor(scope: Construct, id: string, { application, location }: PipelineLocationParameterProps) {
    super(scope, id);
    new StringParameter(this, 'Parameter', {
      parameterName: pipelineParameter(application),
      description: `Where "assay reproduce" finds the training of ${application}`,
      stringValue: Stack.of(this).toJsonString(location),
    });
  }
}
