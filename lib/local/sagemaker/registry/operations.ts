import * as z from 'zod';
import type { Core } from '../core';
import { listingShape, page } from '../listing';
import { type Operations, operation } from '../shape';
import { requireGroup } from './groups';
import { approvalShape } from './package-shape';
import { createPackage, findPackage, type PackageRecord, packageKey, updatePackage } from './packages';

const byName = z.object({ ModelPackageName: z.string() });

export function packageOperations(core: Core): Operations {
  return {
    CreateModelPackage: async (input) => {
      const known = core.packages.values().length;
      const created = createPackage(core, input);
      if (core.packages.values().length > known) emit(core, created);
      return { ModelPackageArn: created.arn };
    },
    DescribeModelPackage: operation(byName, (input) => describe(findPackage(core, input.ModelPackageName))),
    UpdateModelPackage: async (input) => {
      const updated = updatePackage(core, input);
      emit(core, updated);
      return { ModelPackageArn: updated.arn };
    },
    DeleteModelPackage: operation(byName, (input) => {
      const found = findPackage(core, input.ModelPackageName);
      core.packages.delete(packageKey(found.group, found.version));
      core.tags.delete(found.arn);
      return {};
    }),
    ListModelPackages: operation(
      listingShape.extend({
        ModelPackageGroupName: z.string().optional(),
        ModelApprovalStatus: approvalShape.optional(),
        ModelPackageType: z.enum(['Versioned', 'Unversioned', 'Both']).optional(),
      }),
      (query) => {
        const group =
          query.ModelPackageGroupName === undefined ? undefined : requireGroup(core, query.ModelPackageGroupName).name;
        const rows = core.packages
          .values()
          .filter(
            (each) =>
              (group === undefined || each.group === group) &&
              (query.ModelApprovalStatus === undefined ||
                each.details.ModelApprovalStatus === query.ModelApprovalStatus) &&
              query.ModelPackageType !== 'Unversioned',
          );
        const { items, next } = page(rows, query, (each) => ({ ...each, name: each.group }), 'Ascending');
        return { ModelPackageSummaryList: items.map(summary), ...next };
      },
    ),
  };
}

const summary = (each: PackageRecord) => ({
  ModelPackageGroupName: each.group,
  ModelPackageVersion: each.version,
  ModelPackageArn: each.arn,
  ...(each.details.ModelPackageDescription !== undefined && {
    ModelPackageDescription: each.details.ModelPackageDescription,
  }),
  CreationTime: each.created,
  ModelPackageStatus: 'Completed',
  ModelApprovalStatus: each.details.ModelApprovalStatus,
  ...(each.details.ModelLifeCycle !== undefined && { ModelLifeCycle: each.details.ModelLifeCycle }),
});

const describe = (each: PackageRecord) => ({
  ...each.details,
  ...summary(each),
  ModelPackageName: packageKey(each.group, each.version),
  ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
  LastModifiedTime: each.modified,
});

function emit(core: Core, each: PackageRecord): void {
  const { MetadataProperties, ModelMetrics, InferenceSpecification, CustomerMetadataProperties } = each.details;
  core.context.events.publish({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Model Package State Change',
    resources: [each.arn],
    detail: {
      ...summary(each),
      CreationTime: Math.round(each.created * 1000),
      LastModifiedTime: Math.round(each.modified * 1000),
      MetadataProperties,
      ModelMetrics,
      InferenceSpecification,
      CustomerMetadataProperties,
    },
  });
}
