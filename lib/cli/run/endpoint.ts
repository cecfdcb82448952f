import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { GOLDEN_INFERENCE } from '../../core/monitoring/capture';
import type { RunEndpoint } from '../../core/report/run';

/** The endpoint's variants with their present weights and releases; undefined when there is no such endpoint. */
export async function describeEndpoint(client: SageMakerClient, name: string): Promise<RunEndpoint | undefined> {
  const endpoint = await client.send(new DescribeEndpointCommand({ EndpointName: name })).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ValidationException' && error.message.includes('Could not find'))
      return undefined;
    throw error;
  });
  if (endpoint === undefined) return undefined;
  const config = await client.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.EndpointConfigName }),
  );
  const variants = await Promise.all(
    (endpoint.ProductionVariants ?? []).map(async ({ VariantName = '', CurrentWeight = 0 }) => {
      const model = config.ProductionVariants?.find((variant) => variant.VariantName === VariantName)?.ModelName;
      const release = model === undefined ? undefined : await releaseOf(client, model);
      return {
        name: VariantName,
        weight: CurrentWeight,
        ...(release === undefined ? {} : { modelPackageArn: release }),
      };
    }),
  );
  return { name, variants };
}

/** Weight that applies now, by variant. @throws the SDK's error if there is no such endpoint */
export async function readWeights(client: SageMakerClient, name: string): Promise<Readonly<Record<string, number>>> {
  const { ProductionVariants = [] } = await client.send(new DescribeEndpointCommand({ EndpointName: name }));
  return Object.fromEntries(
    ProductionVariants.map(({ VariantName = '', CurrentWeight = 0 }) => [VariantName, CurrentWeight]),
  );
}

async function releaseOf(client: SageMakerClient, modelName: string): Promise<string | undefined> {
  const model = await client.send(new DescribeModelCommand({ ModelName: modelName }));
  return (model.PrimaryContainer ?? model.Containers?.[0])?.ModelPackageName;
}

/** Sends one request as a caller would. Rejects if it is not answered. */
export async function askOnce(
  client: SageMakerRuntimeClient,
  endpointName: string,
  body: string,
): Promise<{
  readonly request: string;
  readonly response: string;
  readonly variant: string;
  readonly milliseconds: number;
}> {
  const started = performance.now();
  const answer = await client.send(
    new InvokeEndpointCommand({
      EndpointName: endpointName,
      ContentType: 'application/json',
      Accept: 'application/json',
      InferenceId: GOLDEN_INFERENCE,
      Body: body,
    }),
  );
  const response = Buffer.from(answer.Body).toString('utf8');
  return {
    request: body,
    response,
    variant: answer.InvokedProductionVariant ?? 'unknown',
    milliseconds: performance.now() - started,
  };
}
