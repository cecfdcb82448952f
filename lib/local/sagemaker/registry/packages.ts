import type { z } from 'zod';
import type { Core } from '../core';
import { invalid } from '../errors';
import { parse } from '../shape';
import { requireGroup } from './groups';
import { createShape, updateShape } from './package-shape';

type PackageInput = z.infer<typeof createShape>;

/** A version of a group. */
export interface PackageRecord {
  readonly arn: string;
  readonly group: string;
  readonly version: number;
  readonly created: number;
  readonly modified: number;
  readonly clientToken?: string | undefined;
  /** The fields of the request, as DescribeModelPackage returns them. */
  readonly details: PackageInput & {
    readonly ModelApprovalStatus: NonNullable<PackageInput['ModelApprovalStatus']>;
    readonly ApprovalDescription?: string | undefined;
  };
}

export const packageKey = (group: string, version: number): string => `${group}/${version}`;

/** By ARN or `<group>/<version>`. Throws ValidationException if there is none. */
export function findPackage(core: Core, nameOrArn: string): PackageRecord {
  const key = nameOrArn.replace(/^arn:[^/]*:model-package\//, '');
  const found = core.packages.get(key);
  if (found === undefined) throw invalid(`ModelPackage ${core.arn('model-package', key)} does not exist.`);
  return found;
}

/** The container that a model from this package runs. Throws ValidationException if the package has no usable one. */
export function packageContainer(found: PackageRecord): {
  readonly image: string;
  readonly modelDataUrl: string;
  readonly environment: Readonly<Record<string, string>>;
} {
  const containers = found.details.InferenceSpecification?.Containers ?? [];
  const [container] = containers;
  if (container?.ModelDataUrl === undefined || containers.length > 1) {
    throw invalid(`Model package ${found.arn} cannot be deployed: it must have one container with a ModelDataUrl.`);
  }
  return { image: container.Image, modelDataUrl: container.ModelDataUrl, environment: container.Environment ?? {} };
}

/** A new version of its group; the same ClientToken returns the version that it made. */
export function createPackage(core: Core, request: unknown): PackageRecord {
  const { ClientToken: clientToken, ModelPackageGroupName: groupName, Tags, ...details } = parse(createShape, request);
  if (groupName === undefined || details.ModelPackageName !== undefined) {
    throw invalid(
      'ModelPackageGroupName must be given, without ModelPackageName: only versioned packages are supported.',
    );
  }
  if (Tags !== undefined) throw invalid('Tags cannot be given for a versioned model package: tag its group.');
  const group = requireGroup(core, groupName);
  const same = core.packages.values().find((each) => each.group === group.name && each.clientToken === clientToken);
  if (clientToken !== undefined && same !== undefined) return same;
  const version = group.lastVersion + 1;
  const now = core.now();
  core.groups.put(group.name, { ...group, lastVersion: version });
  return core.packages.put(packageKey(group.name, version), {
    arn: core.arn('model-package', packageKey(group.name, version)),
    group: group.name,
    version,
    created: now,
    modified: now,
    ...(clientToken !== undefined && { clientToken }),
    details: { ...details, ModelApprovalStatus: details.ModelApprovalStatus ?? 'PendingManualApproval' },
  });
}

/** Approval, life cycle, customer metadata and what else the API lets change. */
export function updatePackage(core: Core, request: unknown): PackageRecord {
  const input = parse(updateShape, request);
  const { ModelPackageArn, CustomerMetadataPropertiesToRemove: removed = [], ClientToken: _, ...changes } = input;
  const { AdditionalInferenceSpecificationsToAdd: added, CustomerMetadataProperties: metadata, ...plain } = changes;
  const found = findPackage(core, ModelPackageArn);
  const before = found.details.CustomerMetadataProperties ?? {};
  const merged = Object.entries({ ...before, ...metadata }).filter(([key]) => !removed.includes(key));
  if (merged.length > 50) throw invalid(`CustomerMetadataProperties would have ${merged.length} entries; at most 50.`);
  const additional = [
    ...((found.details.AdditionalInferenceSpecifications as object[] | undefined) ?? []),
    ...(added ?? []),
  ];
  return core.packages.put(packageKey(found.group, found.version), {
    ...found,
    modified: core.now(),
    details: {
      ...found.details,
      ...plain,
      ModelApprovalStatus: plain.ModelApprovalStatus ?? found.details.ModelApprovalStatus,
      ...(merged.length > 0 || found.details.CustomerMetadataProperties !== undefined
        ? { CustomerMetadataProperties: Object.fromEntries(merged) }
        : {}),
      ...(additional.length > 0 && { AdditionalInferenceSpecifications: additional }),
    },
  });
}
