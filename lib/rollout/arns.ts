import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** ARNs of the objects that the state machines make for one environment: all have the endpoint's name as prefix. */
export class EnvironmentArns {
  readonly endpoint: string;
  readonly configs: string;
  readonly models: string;
  /** Every version of the package group. */
  readonly packages: string;

  constructor(scope: Construct, endpointName: string, modelPackageGroupArn: string) {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(scope).formatArn({ service: 'sagemaker', resource, resourceName });
    this.endpoint = arn('endpoint', endpointName);
    this.configs = arn('endpoint-config', `${endpointName}-*`);
    this.models = arn('model', `${endpointName}-*`);
    this.packages = packagesOf(modelPackageGroupArn);
  }
}

/** `…:model-package-group/<group>` → `…:model-package/<group>/*`; the ARN may be a token, so it is taken apart by CloudFormation. */
function packagesOf(groupArn: string): string {
  const [before, after] = [Fn.select(0, split(groupArn)), Fn.select(1, split(groupArn))];
  return `${before}:model-package/${after}/*`;
}

const split = (groupArn: string): string[] => Fn.split(':model-package-group/', groupArn, 2);
