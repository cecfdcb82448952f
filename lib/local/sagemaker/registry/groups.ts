import * as z from 'zod';
import type { Core } from '../core';
import { invalid } from '../errors';
import { listingShape, page } from '../listing';
import { nameShape, type Operations, operation, parse, tagsShape } from '../shape';

const createShape = z.looseObject({
  ModelPackageGroupName: nameShape,
  ModelPackageGroupDescription: z.string().max(1024).optional(),
  Tags: tagsShape.optional(),
});

export interface GroupRecord {
  readonly name: string;
  readonly arn: string;
  readonly description?: string | undefined;
  readonly created: number;
  /** Version numbers are never used again, also after a version was deleted. */
  readonly lastVersion: number;
}

const nameOf = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** By name or ARN. Throws ValidationException if there is none. */
export function requireGroup(core: Core, nameOrArn: string): GroupRecord {
  const name = nameOf(nameOrArn);
  const group = core.groups.get(name);
  if (group === undefined) throw invalid(`ModelPackageGroup ${core.arn('model-package-group', name)} does not exist.`);
  return group;
}

/** Throws ValidationException if the group exists or the request is malformed. */
export function createGroup(core: Core, request: unknown): GroupRecord {
  const input = parse(createShape, request);
  const name = input.ModelPackageGroupName;
  const arn = core.arn('model-package-group', name);
  if (core.groups.get(name) !== undefined) throw invalid(`Model Package Group already exists: ${arn}`);
  if (input.Tags !== undefined) core.tags.put(arn, input.Tags);
  const description = input.ModelPackageGroupDescription;
  return core.groups.put(name, { name, arn, created: core.now(), lastVersion: 0, ...(description && { description }) });
}

const byName = z.object({ ModelPackageGroupName: z.string() });

export function groupOperations(core: Core): Operations {
  return {
    CreateModelPackageGroup: async (input) => ({ ModelPackageGroupArn: createGroup(core, input).arn }),
    DescribeModelPackageGroup: operation(byName, (input) => ({
      ...summary(requireGroup(core, input.ModelPackageGroupName)),
      CreatedBy: {},
    })),
    DeleteModelPackageGroup: operation(byName, (input) => {
      const group = requireGroup(core, input.ModelPackageGroupName);
      if (core.packages.values().some((each) => each.group === group.name)) {
        throw invalid(`Cannot delete ModelPackageGroup ${group.arn}: it still has model packages.`);
      }
      core.groups.delete(group.name);
      core.tags.delete(group.arn);
      return {};
    }),
    ListModelPackageGroups: operation(listingShape, (query) => {
      const { items, next } = page(core.groups.values(), query, (group) => group, 'Ascending');
      return { ModelPackageGroupSummaryList: items.map(summary), ...next };
    }),
  };
}

const summary = (group: GroupRecord) => ({
  ModelPackageGroupName: group.name,
  ModelPackageGroupArn: group.arn,
  ...(group.description !== undefined && { ModelPackageGroupDescription: group.description }),
  CreationTime: group.created,
  ModelPackageGroupStatus: 'Completed',
});
