import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { Champion } from '../../lib/pipeline/contract';

/** Statuses in which an endpoint answers requests. */
const SERVING = ['InService', 'Updating', 'SystemUpdating', 'RollingBack'];

/**
 * The model package behind the variant of `endpointName` that serves: the one with the greatest weight.
 * Null if there is no such endpoint yet, or if it has never served.
 * @throws if the endpoint serves something that is not in the registry: comparing with nothing would be a free pass
 */
export async function findChampion(sagemaker: SageMakerClient, endpointName: string): Promise<Champion | null> {
  const endpoint = await describeEndpoint(sagemaker, endpointName);
  if (endpoint === undefined || !SERVING.includes(endpoint.EndpointStatus ?? '')) return null;
  const variants = [...(endpoint.ProductionVariants ?? [])].sort(
    (a, b) => (b.CurrentWeight ?? 0) - (a.CurrentWeight ?? 0),
  );
  const serving = variants[0]?.VariantName;
  const config = await sagemaker.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.EndpointConfigName }),
  );
  const modelName = config.ProductionVariants?.find((variant) => variant.VariantName === serving)?.ModelName;
  if (modelName === undefined) throw new Error(`endpoint ${endpointName}: no model is behind its variant ${serving}`);
  const model = await sagemaker.send(new DescribeModelCommand({ ModelName: modelName }));
  const modelPackageArn = (model.PrimaryContainer ?? model.Containers?.[0])?.ModelPackageName;
  if (modelPackageArn === undefined) {
    throw new Error(`endpoint ${endpointName} serves the model ${modelName}, which was not made from a model package`);
  }
  return { modelPackageArn, modelName };
}

async function describeEndpoint(
  sagemaker: SageMakerClient,
  name: string,
): Promise<DescribeEndpointCommandOutput | undefined> {
  try {
    return await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
  } catch (error) {
    // Not a modelled exception: SageMaker answers with a generic one, told apart by its text.
    const missing =
      error instanceof Error && error.name === 'ValidationException' && /could not find/i.test(error.message);
    if (missing) return undefined;
    throw error;
  }
}
