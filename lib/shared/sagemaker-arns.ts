import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** ARN of a SageMaker object of this account and region; `name` may end with `*`. */
export const sagemakerArn = (scope: Construct, type: string, name: string): string =>
  Stack.of(scope).formatArn({ service: 'sagemaker', resource: type, resourceName: name });

/** Every version of a model package group. */
export const packageArns = (scope: Construct, group: string): string =>
  sagemakerArn(scope, 'model-package', `${group}/*`);
