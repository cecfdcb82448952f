import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { type EndpointState, servingVariant } from '../../lib/core/rollout/endpoint';
import type { PlanFacts } from '../../lib/core/rollout/plan';

/** The endpoint as SageMaker describes it, or undefined if there is none. */
export async function readEndpoint(sagemaker: SageMakerClient, name: string): Promise<EndpointState | undefined> {
  let found: DescribeEndpointCommandOutput;
  try {
    found = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return {
    name,
    status: found.EndpointStatus ?? 'Unknown',
    configName: found.EndpointConfigName ?? '',
    ...(found.FailureReason === undefined ? {} : { failureReason: found.FailureReason }),
    variants: (found.ProductionVariants ?? []).map((variant) => ({
      name: variant.VariantName ?? '',
      // A weight that SageMaker does not state is no evidence of traffic.
      weight: variant.CurrentWeight ?? 0,
      instanceCount: variant.DesiredInstanceCount ?? variant.CurrentInstanceCount ?? 1,
    })),
  };
}

/** What stands behind the variant that serves: its model, instances and, where it was made from one, its package. */
export async function readServing(sagemaker: SageMakerClient, endpoint: EndpointState): Promise<PlanFacts['serving']> {
  const live = servingVariant(endpoint);
  if (live === undefined) return undefined;
  const config = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.configName }));
  const variant = config.ProductionVariants?.find((entry) => entry.VariantName === live.name);
  if (variant?.ModelName === undefined || variant.InstanceType === undefined) {
    throw new Error(`configuration ${endpoint.configName} has no model and instance type for variant ${live.name}`);
  }
  const model = await sagemaker.send(new DescribeModelCommand({ ModelName: variant.ModelName }));
  const packageArn = (model.PrimaryContainer ?? model.Containers?.[0])?.ModelPackageName;
  return {
    modelName: variant.ModelName,
    instanceType: variant.InstanceType,
    ...(packageArn === undefined ? {} : { packageArn }),
  };
}

/** SageMaker has no modelled exceptions for these: the name is always ValidationException, the message tells. */
export const isMissing = (error: unknown): boolean => isValidation(error, /^Could not find/i);

export const isBusy = (error: unknown): boolean => isValidation(error, /^Cannot update in-progress endpoint/i);

export const alreadyExists = (error: unknown): boolean => isValidation(error, /^Cannot create already existing/i);

const isValidation = (error: unknown, message: RegExp): boolean =>
  error instanceof Error && error.name === 'ValidationException' && message.test(error.message);
