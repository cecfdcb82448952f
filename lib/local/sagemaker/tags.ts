import * as z from 'zod';
import type { Core } from './core';
import { invalid } from './errors';
import { type Operations, operation, tagsShape } from './shape';

const arnShape = z.string().regex(/^arn:[a-z-]+:sagemaker:[^:]*:\d{12}:[a-z-]+\/.+$/, 'Member must be a SageMaker ARN');

export function tagOperations(core: Core): Operations {
  const current = (arn: string) => core.tags.get(arn) ?? [];
  return {
    AddTags: operation(z.object({ ResourceArn: arnShape, Tags: tagsShape }), ({ ResourceArn, Tags }) => {
      requireResource(core, ResourceArn);
      const merged = new Map([...current(ResourceArn), ...Tags].map((tag) => [tag.Key, tag]));
      if (merged.size > 50) throw invalid(`${ResourceArn} would have ${merged.size} tags; at most 50 are allowed`);
      return { Tags: core.tags.put(ResourceArn, [...merged.values()]) };
    }),
    ListTags: operation(z.object({ ResourceArn: arnShape }), ({ ResourceArn }) => {
      requireResource(core, ResourceArn);
      return { Tags: current(ResourceArn) };
    }),
    DeleteTags: operation(z.object({ ResourceArn: arnShape, TagKeys: z.array(z.string()) }), (input) => {
      requireResource(core, input.ResourceArn);
      const kept = current(input.ResourceArn).filter((tag) => !input.TagKeys.includes(tag.Key));
      core.tags.put(input.ResourceArn, kept);
      return {};
    }),
  };
}

function requireResource(core: Core, arn: string): void {
  const [kind = '', ...rest] = (arn.split(':')[5] ?? '').split('/');
  const name = rest.join('/');
  const tables: Readonly<Record<string, { get(key: string): unknown }>> = {
    'training-job': core.trainingJobs,
    'transform-job': core.transformJobs,
    model: core.models,
    'endpoint-config': core.configs,
    endpoint: core.endpoints,
    'model-package-group': core.groups,
    'model-package': core.packages,
  };
  if (tables[kind]?.get(name) === undefined) throw invalid(`Could not find resource "${arn}".`);
}
