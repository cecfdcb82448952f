import type { LambdaInvoker } from '../../engine/ports';
import { isJsonObject } from '../language/json';
import type { Integration } from './integration';
import { lambdaArn, lambdaInvoke } from './lambda';
import { sagemakerIntegrations } from './sagemaker';
import { awsSdkStyle, SDK_SERVICES, type Sdk, type SdkStyle } from './sdk';
import { type Executions, startExecution } from './start-execution';

const OPTIMISED = /^arn:[^:]+:states:::(.+)$/;
const LAMBDA_FUNCTION = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:.+$/;

const SNS_STYLE: SdkStyle = { times: 'milliseconds', prefix: 'SNS', otherErrors: 'SNS.AmazonSNSException' };

/** Finds what a task's Resource stands for. Throws an Error that lists what is known if it stands for nothing here. */
export type FindIntegration = (resource: string) => Integration;

export function createIntegrations(sdk: Sdk, lambda: LambdaInvoker, executions: Executions): FindIntegration {
  const known = new Map<string, Integration>([
    ['lambda:invoke', lambdaInvoke(lambda)],
    ...sagemakerIntegrations(sdk),
    ['sns:publish', sdkIntegration(sdk, 'sns', 'sns', 'publish', SNS_STYLE)],
    ['states:startExecution', startExecution(executions, '')],
    ['states:startExecution.sync', startExecution(executions, '.sync')],
    ['states:startExecution.sync:2', startExecution(executions, '.sync:2')],
  ]);
  const forms = [...known.keys(), `aws-sdk:{${SDK_SERVICES.join('|')}}:<action>`].join(', ');
  return (resource) => {
    if (LAMBDA_FUNCTION.test(resource)) return lambdaArn(lambda, resource);
    const name = OPTIMISED.exec(resource)?.[1];
    if (name === undefined) {
      throw new Error(
        `Resource '${resource}' is neither a Lambda function nor arn:aws:states:::… with one of ${forms}`,
      );
    }
    const found = known.get(name) ?? awsSdkIntegration(sdk, name);
    if (found === undefined)
      throw new Error(`Resource '${resource}' is not known; known after arn:aws:states::: are ${forms}`);
    return found;
  };
}

function awsSdkIntegration(sdk: Sdk, name: string): Integration | undefined {
  const [kind, service, action, ...rest] = name.split(':');
  if (kind !== 'aws-sdk' || service === undefined || action === undefined || rest.length > 0) return undefined;
  if (sdk.operation(service, action) === undefined) return undefined;
  return sdkIntegration(sdk, `aws-sdk:${service}`, service, action, awsSdkStyle(service));
}

function sdkIntegration(sdk: Sdk, resourceType: string, service: string, action: string, style: SdkStyle): Integration {
  const operation = sdk.operation(service, action);
  if (operation === undefined) throw new Error(`the AWS SDK has no ${service}:${action}`);
  return {
    resourceType,
    resource: action,
    argumentProblems: (args) => operation.problems(args),
    call: (args, signal) => operation.call(isJsonObject(args) ? args : {}, signal, style),
  };
}
