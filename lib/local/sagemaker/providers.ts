import type { ResourceProvider } from '../engine/ports';
import type { Core } from './core';
import { createGroup } from './registry/groups';

const GROUP = 'AWS::SageMaker::ModelPackageGroup';

/** The model package group of a template; found again if an earlier run made it. Other types are refused by name. */
export function sageMakerProviders(core: Core): readonly ResourceProvider[] {
  return [
    {
      types: [GROUP],
      create: async ({ type, logicalId, properties }) => {
        if (type !== GROUP) throw new Error(`${logicalId}: ${type} is not supported; supported: ${GROUP}`);
        const name = String(properties.ModelPackageGroupName ?? '');
        const group = core.groups.get(name) ?? createGroup(core, properties);
        return { ref: group.arn, attributes: { ModelPackageGroupArn: group.arn } };
      },
    },
  ];
}
