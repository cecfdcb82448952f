import type { Core } from '../core';
import { invalid } from '../errors';
import type { ModelContainer } from '../models';
import { inMilliseconds } from '../training/record';

export type EndpointStatus = 'Creating' | 'Updating' | 'InService' | 'Deleting' | 'Failed';

export interface VariantRecord {
  readonly name: string;
  readonly modelName: string;
  /** Kept here, so that a restart does not depend on the model record. */
  readonly container: ModelContainer;
  readonly startupSeconds: number;
  readonly weight: number;
  readonly desiredWeight: number;
  /** Recorded and shown; one process serves whatever the count. */
  readonly count: number;
  readonly desiredCount: number;
}

export interface EndpointRecord {
  readonly name: string;
  readonly arn: string;
  readonly configName: string;
  /** While UpdateEndpoint works towards it. */
  readonly pendingConfigName?: string | undefined;
  readonly status: EndpointStatus;
  readonly failureReason?: string | undefined;
  readonly created: number;
  readonly modified: number;
  /** Empty until the endpoint was in service for the first time. */
  readonly variants: readonly VariantRecord[];
}

/** Throws ValidationException if there is no such endpoint. */
export function requireEndpoint(core: Core, name: string): EndpointRecord {
  const endpoint = core.endpoints.get(name);
  if (endpoint === undefined) throw invalid(`Could not find endpoint "${core.arn('endpoint', name)}".`);
  return endpoint;
}

/** Throws ValidationException while the endpoint is being created, updated or deleted. */
export function refuseInProgress(endpoint: EndpointRecord): void {
  if (endpoint.status !== 'InService' && endpoint.status !== 'Failed') {
    throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`);
  }
}

/** Saves a change and, if the status changed, tells the event bus. */
export function changeEndpoint(core: Core, name: string, changes: Partial<EndpointRecord>): EndpointRecord {
  const before = core.endpoints.get(name);
  if (before === undefined) throw new Error(`endpoint ${name} is not recorded`);
  const after = core.endpoints.put(name, { ...before, ...changes, modified: core.now() });
  if (after.status !== before.status) emitEndpoint(core, after);
  return after;
}

/** The endpoint in the shape of DescribeEndpoint. */
export const describeEndpoint = (endpoint: EndpointRecord): Readonly<Record<string, unknown>> => ({
  EndpointName: endpoint.name,
  EndpointArn: endpoint.arn,
  EndpointConfigName: endpoint.configName,
  EndpointStatus: endpoint.status,
  ...(endpoint.failureReason !== undefined && { FailureReason: endpoint.failureReason }),
  CreationTime: endpoint.created,
  LastModifiedTime: endpoint.modified,
  ...(endpoint.variants.length > 0 && { ProductionVariants: endpoint.variants.map(describeVariant) }),
  ...(endpoint.pendingConfigName !== undefined && {
    PendingDeploymentSummary: { EndpointConfigName: endpoint.pendingConfigName, StartTime: endpoint.modified },
  }),
});

const describeVariant = (variant: VariantRecord) => ({
  VariantName: variant.name,
  DeployedImages: [{ SpecifiedImage: variant.container.image, ResolvedImage: variant.container.image }],
  CurrentWeight: variant.weight,
  DesiredWeight: variant.desiredWeight,
  CurrentInstanceCount: variant.count,
  DesiredInstanceCount: variant.desiredCount,
});

/** Events spell the status in capitals: IN_SERVICE. */
export function emitEndpoint(core: Core, endpoint: EndpointRecord): void {
  const status = endpoint.status.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  core.context.events.publish({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Endpoint State Change',
    resources: [endpoint.arn],
    detail: {
      ...inMilliseconds(describeEndpoint(endpoint), ['CreationTime', 'LastModifiedTime']),
      EndpointStatus: status,
    },
  });
}
