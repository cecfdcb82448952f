import * as z from 'zod';
import type { Core } from '../core';
import { invalid, messageOf, unsupported } from '../errors';
import { listingShape, page } from '../listing';
import { requireModel } from '../models';
import { ENGINE_STOPPED } from '../running';
import { nameShape, type Operations, operation, parse, tagsShape } from '../shape';
import { requireConfig } from './configs';
import type { Fleets } from './fleets';
import {
  changeEndpoint,
  describeEndpoint,
  type EndpointRecord,
  emitEndpoint,
  refuseInProgress,
  requireEndpoint,
  type VariantRecord,
} from './record';
import { updateShape, weightsShape, withWeights } from './update';

const byName = z.object({ EndpointName: nameShape });
const createShape = z.strictObject({
  EndpointName: nameShape,
  EndpointConfigName: nameShape,
  Tags: tagsShape.optional(),
});

/** Endpoints and their status machine; the work of a change goes on after its call returned, as on AWS. */
export class Endpoints {
  private readonly changes = new Set<Promise<void>>();

  constructor(
    private readonly core: Core,
    private readonly fleets: Fleets,
  ) {}

  readonly operations: Operations = {
    CreateEndpoint: async (input) => ({ EndpointArn: this.create(input) }),
    UpdateEndpoint: async (input) => ({ EndpointArn: this.update(input) }),
    UpdateEndpointWeightsAndCapacities: async (input) => ({ EndpointArn: this.updateWeights(input) }),
    DescribeEndpoint: operation(byName, (input) => describeEndpoint(requireEndpoint(this.core, input.EndpointName))),
    DeleteEndpoint: operation(byName, (input) => this.delete(input.EndpointName)),
    ListEndpoints: operation(listingShape, (query) => {
      const { items, next } = page(this.core.endpoints.values(), query, (each) => each, 'Descending');
      const summary = (each: EndpointRecord) => ({
        EndpointName: each.name,
        EndpointArn: each.arn,
        CreationTime: each.created,
        LastModifiedTime: each.modified,
        EndpointStatus: each.status,
      });
      return { Endpoints: items.map(summary), ...next };
    }),
  };

  /** Brings back the servers of recorded endpoints; goes on with creations, and ends updates, that were not finished. */
  async restore(): Promise<void> {
    await Promise.all(this.core.endpoints.values().map((endpoint) => this.restoreOne(endpoint)));
  }

  /** Waits for changes under way; the servers that they start are stopped, so they end. */
  async close(): Promise<void> {
    await Promise.all(this.changes);
  }

  private create(request: unknown): string {
    const { core } = this;
    const { EndpointName: name, EndpointConfigName: configName, Tags } = parse(createShape, request);
    const arn = core.arn('endpoint', name);
    if (core.endpoints.get(name) !== undefined) throw invalid(`Cannot create already existing endpoint "${arn}".`);
    const variants = this.variantsOf(configName);
    const now = core.now();
    const created = { name, arn, configName, status: 'Creating', created: now, modified: now, variants: [] } as const;
    emitEndpoint(core, core.endpoints.put(name, created));
    if (Tags !== undefined) core.tags.put(arn, Tags);
    this.work(() => this.bringUp(name, () => variants));
    return arn;
  }

  private async bringUp(name: string, wanted: () => readonly VariantRecord[]): Promise<void> {
    try {
      const variants = wanted();
      this.fleets.swap(name, await this.fleets.prepare(name, variants));
      changeEndpoint(this.core, name, { status: 'InService', variants });
    } catch (error) {
      if (this.interrupted()) return;
      changeEndpoint(this.core, name, { status: 'Failed', failureReason: messageOf(error) });
    }
  }

  /** A container that the closing engine took away is no fault of the endpoint: the next engine goes on with it. */
  private interrupted(): boolean {
    return this.core.tools.closing.aborted;
  }

  private update(request: unknown): string {
    const { core } = this;
    const input = parse(updateShape, request);
    const { EndpointName: name, EndpointConfigName: configName } = input;
    const endpoint = requireEndpoint(core, name);
    refuseInProgress(endpoint);
    if (endpoint.status === 'Failed') throw invalid(`Endpoint "${endpoint.arn}" is Failed; it can only be deleted.`);
    const fresh = this.variantsOf(configName);
    const excluded = input.ExcludeRetainedVariantProperties?.map((each) => each.VariantPropertyType) ?? [];
    const variants = input.RetainAllVariantProperties ? retained(fresh, endpoint.variants, excluded) : fresh;
    changeEndpoint(core, name, { status: 'Updating', pendingConfigName: configName, failureReason: undefined });
    this.work(async () => {
      const done = { status: 'InService', pendingConfigName: undefined } as const;
      try {
        this.fleets.swap(name, await this.fleets.prepare(name, variants));
        changeEndpoint(core, name, { ...done, configName, variants });
      } catch (error) {
        if (this.interrupted()) return;
        changeEndpoint(core, name, { ...done, failureReason: messageOf(error) });
      }
    });
    return endpoint.arn;
  }

  private updateWeights(request: unknown): string {
    const { core } = this;
    const input = parse(weightsShape, request);
    const endpoint = requireEndpoint(core, input.EndpointName);
    refuseInProgress(endpoint);
    if (endpoint.status === 'Failed') throw invalid(`Endpoint "${endpoint.arn}" is Failed; it can only be deleted.`);
    const variants = withWeights(endpoint, input.DesiredWeightsAndCapacities);
    changeEndpoint(core, endpoint.name, { status: 'Updating', variants, failureReason: undefined });
    this.work(async () => {
      // Traffic shifts after the call, as on AWS: the caller must poll status and CurrentWeight.
      await new Promise((resolve) => setTimeout(resolve, 20));
      const applied = variants.map((each) => ({ ...each, weight: each.desiredWeight, count: each.desiredCount }));
      changeEndpoint(core, endpoint.name, { status: 'InService', variants: applied });
    });
    return endpoint.arn;
  }

  private delete(name: string): object {
    const { core } = this;
    const endpoint = requireEndpoint(core, name);
    refuseInProgress(endpoint);
    changeEndpoint(core, name, { status: 'Deleting' });
    this.work(async () => {
      await this.fleets.remove(name);
      core.endpoints.delete(name);
      core.tags.delete(endpoint.arn);
    });
    return {};
  }

  private async restoreOne(endpoint: EndpointRecord): Promise<void> {
    const { core } = this;
    const { name, status } = endpoint;
    if (status === 'Deleting') core.endpoints.delete(name);
    // In AWS a creation goes on whatever becomes of its caller; here the next engine goes on with it.
    if (status === 'Creating') this.work(() => this.bringUp(name, () => this.variantsOf(endpoint.configName)));
    if (status !== 'InService' && status !== 'Updating') return;
    try {
      this.fleets.swap(name, await this.fleets.prepare(name, endpoint.variants));
      if (status === 'InService') return;
      // The old configuration still serves; weights that were half applied are as they were before.
      const variants = endpoint.variants.map((each) => ({
        ...each,
        desiredWeight: each.weight,
        desiredCount: each.count,
      }));
      const changes = { variants, pendingConfigName: undefined, failureReason: ENGINE_STOPPED };
      changeEndpoint(core, name, { status: 'InService', ...changes });
    } catch (error) {
      if (this.interrupted()) return;
      core.context.log(`endpoint ${name} could not be restored: ${messageOf(error)}`);
      changeEndpoint(core, name, { status: 'Failed', failureReason: messageOf(error), pendingConfigName: undefined });
    }
  }

  /** The variants of a configuration with its initial weights. Throws if the configuration or a model is gone. */
  private variantsOf(configName: string): readonly VariantRecord[] {
    return requireConfig(this.core, configName).input.ProductionVariants.map((variant) => {
      const weight = variant.InitialVariantWeight ?? 1;
      return {
        name: variant.VariantName,
        modelName: variant.ModelName,
        container: requireModel(this.core, variant.ModelName).container,
        startupSeconds: variant.ContainerStartupHealthCheckTimeoutInSeconds ?? 240,
        weight,
        desiredWeight: weight,
        count: variant.InitialInstanceCount,
        desiredCount: variant.InitialInstanceCount,
      };
    });
  }

  private work(change: () => Promise<void>): void {
    const tracked = change()
      .catch((error) => this.core.context.log(`endpoint change failed: ${messageOf(error)}`))
      .finally(() => this.changes.delete(tracked));
    this.changes.add(tracked);
  }
}

/** Live weights and counts of variants that stay, but for the properties that the caller excluded. */
function retained(
  fresh: readonly VariantRecord[],
  live: readonly VariantRecord[],
  excluded: readonly string[],
): readonly VariantRecord[] {
  if (excluded.includes('DataCaptureConfig'))
    throw unsupported('DataCaptureConfig', 'DesiredWeight, DesiredInstanceCount');
  return fresh.map((variant) => {
    const before = live.find((each) => each.name === variant.name);
    if (before === undefined) return variant;
    const { weight, desiredWeight, count, desiredCount } = before;
    return {
      ...variant,
      ...(!excluded.includes('DesiredWeight') && { weight, desiredWeight }),
      ...(!excluded.includes('DesiredInstanceCount') && { count, desiredCount }),
    };
  });
}
