import * as z from 'zod';
import type { Core } from '../core';
import { invalid, unsupported } from '../errors';
import { listingShape, page } from '../listing';
import { requireModel } from '../models';
import { instanceTypeShape, intBetween, nameShape, type Operations, operation, tagsShape } from '../shape';
import { dataCaptureShape } from './capture-config';

const variantShape = z.looseObject({
  VariantName: nameShape,
  ModelName: nameShape,
  InstanceType: instanceTypeShape,
  InitialInstanceCount: z.number().int().min(1, 'Member must have value greater than or equal to 1'),
  InitialVariantWeight: z.number().min(0, 'Member must have value greater than or equal to 0').optional(),
  ModelDataDownloadTimeoutInSeconds: intBetween(60, 3600).optional(),
  ContainerStartupHealthCheckTimeoutInSeconds: intBetween(60, 3600).optional(),
});
export type ProductionVariant = z.infer<typeof variantShape>;

const createShape = z.looseObject({
  EndpointConfigName: nameShape,
  ProductionVariants: z
    .array(variantShape)
    .min(1, 'Member must have length greater than or equal to 1')
    .max(10, 'Member must have length less than or equal to 10'),
  DataCaptureConfig: dataCaptureShape.optional(),
  Tags: tagsShape.optional(),
});

export interface EndpointConfigRecord {
  readonly input: z.infer<typeof createShape>;
  readonly arn: string;
  readonly created: number;
}

/** Parts of the API that would change what an endpoint answers, and that this engine does not have. */
const REFUSED = ['ShadowProductionVariants', 'AsyncInferenceConfig', 'ExplainerConfig'] as const;
const REFUSED_ON_VARIANT = ['ServerlessConfig', 'ManagedInstanceScaling', 'InstancePools'] as const;

/** Throws ValidationException if there is no such configuration. */
export function requireConfig(core: Core, name: string): EndpointConfigRecord {
  const config = core.configs.get(name);
  if (config === undefined)
    throw invalid(`Could not find endpoint configuration "${core.arn('endpoint-config', name)}".`);
  return config;
}

export function configOperations(core: Core): Operations {
  const byName = z.object({ EndpointConfigName: nameShape });
  return {
    CreateEndpointConfig: operation(createShape, ({ Tags, ...input }) => {
      refuseUnsupported(input);
      const arn = core.arn('endpoint-config', input.EndpointConfigName);
      if (core.configs.get(input.EndpointConfigName) !== undefined) {
        throw invalid(`Cannot create already existing endpoint configuration "${arn}".`);
      }
      for (const variant of input.ProductionVariants) requireModel(core, variant.ModelName);
      core.configs.put(input.EndpointConfigName, { input, arn, created: core.now() });
      if (Tags !== undefined) core.tags.put(arn, Tags);
      return { EndpointConfigArn: arn };
    }),
    DescribeEndpointConfig: operation(byName, (asked) => {
      const { input, arn, created } = requireConfig(core, asked.EndpointConfigName);
      const variants = input.ProductionVariants.map((variant) => ({ InitialVariantWeight: 1, ...variant }));
      return { ...input, ProductionVariants: variants, EndpointConfigArn: arn, CreationTime: created };
    }),
    DeleteEndpointConfig: operation(byName, (asked) => {
      const { arn } = requireConfig(core, asked.EndpointConfigName);
      refuseIfUsed(core, asked.EndpointConfigName, arn);
      core.configs.delete(asked.EndpointConfigName);
      core.tags.delete(arn);
      return {};
    }),
    ListEndpointConfigs: operation(listingShape, (query) => {
      const view = (row: EndpointConfigRecord) => ({ name: row.input.EndpointConfigName, created: row.created });
      const { items, next } = page(core.configs.values(), query, view, 'Descending');
      const summary = (row: EndpointConfigRecord) => ({
        EndpointConfigName: row.input.EndpointConfigName,
        EndpointConfigArn: row.arn,
        CreationTime: row.created,
      });
      return { EndpointConfigs: items.map(summary), ...next };
    }),
  };
}

function refuseUnsupported(input: EndpointConfigRecord['input']): void {
  for (const name of REFUSED) if (name in input) throw unsupported(name, 'ProductionVariants');
  for (const variant of input.ProductionVariants) {
    for (const name of REFUSED_ON_VARIANT) {
      if (name in variant) throw unsupported(`${name} of variant ${variant.VariantName}`, 'InitialInstanceCount');
    }
  }
  const names = input.ProductionVariants.map((variant) => variant.VariantName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`Production variant names must be unique; found "${twice}" more than once.`);
}

function refuseIfUsed(core: Core, name: string, arn: string): void {
  const user = core.endpoints.values().find((each) => each.configName === name || each.pendingConfigName === name);
  if (user !== undefined) {
    throw invalid(`Cannot delete endpoint configuration "${arn}": endpoint "${user.arn}" (${user.status}) uses it.`);
  }
}
