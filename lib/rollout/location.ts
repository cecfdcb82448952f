import { Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { EnvironmentName } from './contract';
import { locationParameter, type ServingLocation } from './rollback-contract';

export interface LocationProps {
  readonly application: string;
  readonly environment: EnvironmentName;
  readonly location: ServingLocation;
}

/** Tells the command line where an environment's parts are: their names are generated, the parameter's is known. */
export class Location extends Construct {
  constructor(scope: Construct, id: string, { application, environment, location }: LocationProps) {
    super(scope, id);
    new StringParameter(this, 'Parameter', {
      parameterName: locationParameter(application, environment),
      description: `Where "assay status" and "assay rollback" find ${location.endpointName}`,
      stringValue: Stack.of(this).toJsonString(location),
    });
  }
}
