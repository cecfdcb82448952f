import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { VARIANTS } from '../../lib/core/rollout/endpoint';
import type { ModelSpec, PlanFacts } from '../../lib/core/rollout/plan';
import type { VariantAlarms } from '../../lib/rollout/contract';
import { readAlarms } from './alarms';

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
