import * as z from 'zod';
import type { Core } from './core';
import { invalid, unsupported } from './errors';
import { listingShape, page } from './listing';
import { findPackage, packageContainer } from './registry/packages';
import { requireLocalImage } from './runtime/images';
import { environmentShape, nameShape, type Operations, operation, s3UriShape, tagsShape } from './shape';

const containerShape = z.looseObject({
  Image: z.string().max(255).optional(),
  ModelDataUrl: s3UriShape.optional(),
  ModelPackageName: z.string().max(176).optional(),
  Environment: environmentShape.optional(),
});
type ContainerInput = z.infer<typeof containerShape>;

const createShape = z.looseObject({
  ModelName: nameShape,
  PrimaryContainer: containerShape.optional(),
  Containers: z.array(containerShape).max(15).optional(),
  ExecutionRoleArn: z.string().optional(),
  Tags: tagsShape.optional(),
});

/** What a server process of a model is made from, packages resolved. */
export interface ModelContainer {
  /** Unlike the name, never used for another model: the ARN and the time of creation. */
  readonly id: string;
  readonly image: string;
  readonly modelDataUrl: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ModelRecord {
  readonly input: z.infer<typeof createShape>;
  readonly arn: string;
  readonly created: number;
  readonly container: ModelContainer;
}

/** Throws ValidationException if there is no such model. */
export function requireModel(core: Core, name: string): ModelRecord {
  const model = core.models.get(name);
  if (model === undefined) throw invalid(`Could not find model "${core.arn('model', name)}".`);
  return model;
}

export function modelOperations(core: Core): Operations {
  return {
    CreateModel: operation(createShape, ({ Tags, ...input }) => {
      const { ModelName: name } = input;
      const arn = core.arn('model', name);
      if (core.models.get(name) !== undefined) throw invalid(`Cannot create already existing model "${arn}".`);
      const created = core.now();
      const container = { id: `${arn}@${created}`, ...resolveContainer(core, soleContainer(input)) };
      core.models.put(name, { input, arn, created, container });
      if (Tags !== undefined) core.tags.put(arn, Tags);
      return { ModelArn: arn };
    }),
    DescribeModel: operation(z.object({ ModelName: nameShape }), ({ ModelName }) => {
      const { input, arn, created } = requireModel(core, ModelName);
      return { EnableNetworkIsolation: false, ...input, ModelArn: arn, CreationTime: created };
    }),
    DeleteModel: operation(z.object({ ModelName: nameShape }), ({ ModelName }) => {
      core.tags.delete(requireModel(core, ModelName).arn);
      core.models.delete(ModelName);
      return {};
    }),
    ListModels: operation(listingShape, (query) => {
      const view = (model: ModelRecord) => ({ name: model.input.ModelName, created: model.created });
      const { items, next } = page(core.models.values(), query, view, 'Descending');
      const summary = (model: ModelRecord) => ({
        ModelName: model.input.ModelName,
        ModelArn: model.arn,
        CreationTime: model.created,
      });
      return { Models: items.map(summary), ...next };
    }),
  };
}

/** Each would change what the container serves. */
const REFUSED = ['ModelDataSource', 'MultiModelConfig', 'ImageConfig', 'AdditionalModelDataSources'] as const;

function soleContainer(input: z.infer<typeof createShape>): ContainerInput {
  const { PrimaryContainer: primary, Containers: several } = input;
  const [container, ...others] = primary === undefined ? (several ?? []) : [primary, ...(several ?? [])];
  if (container === undefined || (primary !== undefined && several !== undefined)) {
    throw invalid('Exactly one of PrimaryContainer and Containers must be provided.');
  }
  if (others.length > 0) throw unsupported(`An inference pipeline of ${1 + others.length} containers`, 'one container');
  for (const name of REFUSED) if (name in container) throw unsupported(`${name} of a container`, 'ModelDataUrl');
  if (container.Mode === 'MultiModel') throw unsupported('Container mode MultiModel', 'SingleModel');
  return container;
}

function resolveContainer(core: Core, input: ContainerInput): Omit<ModelContainer, 'id'> {
  if (input.ModelPackageName === undefined) {
    const { Image: image, ModelDataUrl: modelDataUrl, Environment: environment = {} } = input;
    if (image === undefined) throw invalid('The container must have an Image or a ModelPackageName.');
    if (modelDataUrl === undefined) throw unsupported('A container without ModelDataUrl', 'a .tar.gz in ModelDataUrl');
    requireLocalImage(image, 'CreateModel');
    return { image, modelDataUrl, environment };
  }
  if (input.Image !== undefined || input.ModelDataUrl !== undefined) {
    throw invalid('Image and ModelDataUrl must not be given beside ModelPackageName.');
  }
  const found = findPackage(core, input.ModelPackageName);
  if (found.details.ModelApprovalStatus !== 'Approved') {
    throw invalid(
      `Model package ${found.arn} is not approved for deployment: its ModelApprovalStatus is ${found.details.ModelApprovalStatus}; only Approved packages can be used.`,
    );
  }
  const specified = packageContainer(found);
  requireLocalImage(specified.image, `Model package ${found.arn}`);
  return { ...specified, environment: { ...specified.environment, ...input.Environment } };
}
