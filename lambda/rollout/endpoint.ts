import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { EndpointState } from '../../lib/core/rollout/endpoint';

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
      ...(variant.DesiredWeight === undefined ? {} : { desiredWeight: variant.DesiredWeight }),
      instanceCount: variant.DesiredInstanceCount ?? variant.CurrentInstanceCount ?? 1,
      ...(variant.CurrentInstanceCount === undefined ? {} : { currentInstanceCount: variant.CurrentInstanceCount }),
    })),
  };
}

/** SageMaker has no modelled exceptions for these: the name is always ValidationException, the message tells. */
export const isMissing = (error: unknown): boolean => isValidation(error, /^Could not find/i);

export const isBusy = (error: unknown): boolean => isValidation(error, /^Cannot update in-progress endpoint/i);

export const alreadyExists = (error: unknown): boolean => isValidation(error, /^Cannot create already existing/i);

const isValidation = (error: unknown, message: RegExp): boolean =>
  error instanceof Error && error.name === 'ValidationException' && message.test(error.message);
