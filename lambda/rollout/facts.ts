import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { type EndpointState, servingVariant, VARIANTS } from '../../lib/core/rollout/endpoint';
import type { ModelSpec, PlanFacts } from '../../lib/core/rollout/plan';
import type { VariantAlarms } from '../../lib/rollout/contract';
import { readAlarms } from './alarms';

/** What stands behind the variant that serves: its model, instances and, in production, its package. */
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

export const readPackage = (sagemaker: SageMakerClient, arn: string): Promise<DescribeModelPackageCommandOutput> =>
  sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));

/** Staging tests packages that nobody approved yet, so its model is made from the package's parts. */
export function containerModel(name: string, found: DescribeModelPackageCommandOutput): ModelSpec {
  const container = found.InferenceSpecification?.Containers?.[0];
  if (container?.Image === undefined || container.ModelDataUrl === undefined) {
    throw new Error(`model package ${found.ModelPackageArn} has no image and model data to serve`);
  }
  const { Image: image, ModelDataUrl: modelDataUrl, Environment: environment = {} } = container;
  return { name, container: { image, modelDataUrl, environment } };
}

export async function readPlanAlarms(
  cloudwatch: CloudWatchClient,
  alarms: VariantAlarms,
): Promise<PlanFacts['alarms']> {
  const readings = await readAlarms(cloudwatch, [...alarms.blue, ...alarms.green]);
  return VARIANTS.flatMap((variant) =>
    readings.filter(({ name }) => alarms[variant].includes(name)).map((reading) => ({ ...reading, variant })),
  );
}
