import type { Construct } from 'constructs';
import { packageArns, sagemakerArn } from '../shared/sagemaker-arns';

/** ARNs of the objects that the state machines make for one environment: all have the endpoint's name as prefix. */
export class EnvironmentArns {
  readonly endpoint: string;
  readonly configs: string;
  readonly models: string;
  /** Every version of the package group. */
  readonly packages: string;

  constructor(scope: Construct, endpointName: string, modelPackageGroup: string) {
    this.endpoint = sagemakerArn(scope, 'endpoint', endpointName);
    this.configs = sagemakerArn(scope, 'endpoint-config', `${endpointName}-*`);
    this.models = sagemakerArn(scope, 'model', `${endpointName}-*`);
    this.packages = packageArns(scope, modelPackageGroup);
  }
}
