import { isDeepStrictEqual } from 'node:util';
import {
  type ContainerDefinition,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type ProductionVariant,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { FleetSpec } from '../../lib/core/rollout/endpoint';
import type { ModelSpec } from '../../lib/core/rollout/plan';
import { dataCaptureConfig } from './capture';
import { alreadyExists } from './endpoint';

/** Creates the model; one that exists with the same content is as good. @throws if it exists with other content */
export async function ensureModel(sagemaker: SageMakerClient, model: ModelSpec, roleArn: string): Promise<void> {
  const container = containerOf(model);
  try {
    await sagemaker.send(
      new CreateModelCommand({ ModelName: model.name, ExecutionRoleArn: roleArn, PrimaryContainer: container }),
    );
  } catch (error) {
    if (!alreadyExists(error)) throw error;
    const found = await sagemaker.send(new DescribeModelCommand({ ModelName: model.name }));
    assertSame(
      `model ${model.name}`,
      pick(found.PrimaryContainer ?? found.Containers?.[0] ?? {}, container),
      container,
    );
  }
}

/** Creates the endpoint configuration, under the same rule. */
export async function ensureConfig(sagemaker: SageMakerClient, fleet: FleetSpec): Promise<void> {
  const variants = fleet.variants.map(productionVariant);
  const capture = fleet.capture === undefined ? undefined : dataCaptureConfig(fleet.capture);
  try {
    await sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: fleet.configName,
        ProductionVariants: variants,
        ...(capture && { DataCaptureConfig: capture }),
      }),
    );
  } catch (error) {
    if (!alreadyExists(error)) throw error;
    const found = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: fleet.configName }));
    const same = variants.map((variant, i) => pick(found.ProductionVariants?.[i] ?? {}, variant));
    const kept = capture && pick(found.DataCaptureConfig ?? {}, capture);
    const what = `endpoint configuration ${fleet.configName}`;
    assertSame(what, { variants: same, capture: kept }, { variants, capture });
  }
}

const productionVariant = (variant: FleetSpec['variants'][number]) =>
  ({
    VariantName: variant.name,
    ModelName: variant.modelName,
    InstanceType: variant.instanceType as NonNullable<ProductionVariant['InstanceType']>,
    InitialInstanceCount: variant.instanceCount,
    InitialVariantWeight: variant.weight,
    // A container installs the workload's requirements.txt before it answers; the default of four minutes is short for that.
    ContainerStartupHealthCheckTimeoutInSeconds: 900,
  }) satisfies ProductionVariant;

function containerOf({ name, packageArn, container }: ModelSpec): ContainerDefinition {
  if (packageArn !== undefined) return { ModelPackageName: packageArn };
  if (container === undefined) throw new Error(`model ${name} has neither a package nor a container`);
  const { image, modelDataUrl, environment } = container;
  return { Image: image, ModelDataUrl: modelDataUrl, Environment: { ...environment } };
}

/** Only what was asked for: SageMaker adds defaults to what it describes. */
function pick(found: object, asked: object): Record<string, unknown> {
  const entries: ReadonlyMap<string, unknown> = new Map(Object.entries(found));
  return Object.fromEntries(Object.keys(asked).map((key) => [key, entries.get(key)]));
}

function assertSame(what: string, found: unknown, asked: unknown): void {
  if (isDeepStrictEqual(found, asked)) return;
  throw new Error(`${what} exists with other content: ${JSON.stringify(found)}; needed ${JSON.stringify(asked)}`);
}
