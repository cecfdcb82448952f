import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutScheduledActionCommand,
  type PutScheduledActionCommandInput,
  paginateDescribeScalableTargets,
  paginateDescribeScalingPolicies,
  paginateDescribeScheduledActions,
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { type ScalingTarget, scalingFor } from '../../lib/core/rollout/scaling';
import type { RolloutStore } from './store';

const SAGEMAKER = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

const resourceOf = (endpoint: string, variant: string) => ({
  ...SAGEMAKER,
  ResourceId: `endpoint/${endpoint}/variant/${variant}`,
});

/**
 * Takes autoscaling off the variants: SageMaker wants scalable targets deregistered before variants change or go. It is
 * written down before it is taken off, for with a target go its policies and schedules.
 *
 * Source: SageMaker Developer Guide, *Update endpoints that use auto scaling*; API of DeregisterScalableTarget.
 */
export async function suspendScaling(
  client: ApplicationAutoScalingClient,
  store: RolloutStore,
  variants: readonly string[],
): Promise<void> {
  const found = await registered(client, store.endpoint, variants);
  if (found.length === 0) return;
  const targets = await Promise.all(found.map((target) => describe(client, store.endpoint, target)));
  await store.saveScaling({ savedAt: new Date().toISOString(), targets });
  for (const { variant } of targets) await deregister(client, store.endpoint, variant);
}

/** Puts saved autoscaling on every variant there is, also on the new one, and forgets it. May be repeated. */
export async function restoreScaling(
  client: ApplicationAutoScalingClient,
  store: RolloutStore,
  variants: readonly string[],
): Promise<void> {
  const saved = await store.readScaling();
  if (saved === undefined || variants.length === 0) return;
  for (const variant of variants) {
    const target = scalingFor(saved.targets, variant);
    if (target !== undefined) await register(client, store.endpoint, target);
  }
  await store.clearScaling(saved);
}

async function registered(
  client: ApplicationAutoScalingClient,
  endpoint: string,
  variants: readonly string[],
): Promise<readonly ScalableTarget[]> {
  if (variants.length === 0) return [];
  const ResourceIds = variants.map((variant) => resourceOf(endpoint, variant).ResourceId);
  const targets: ScalableTarget[] = [];
  const pages = paginateDescribeScalableTargets({ client }, { ...SAGEMAKER, ResourceIds });
  for await (const page of pages) targets.push(...(page.ScalableTargets ?? []));
  return targets;
}

async function describe(
  client: ApplicationAutoScalingClient,
  endpoint: string,
  target: ScalableTarget,
): Promise<ScalingTarget> {
  const variant = target.ResourceId?.split('/').at(-1) ?? '';
  const resource = resourceOf(endpoint, variant);
  const policies: Record<string, unknown>[] = [];
  for await (const page of paginateDescribeScalingPolicies({ client }, resource)) {
    for (const policy of page.ScalingPolicies ?? []) {
      const { PolicyName, PolicyType, TargetTrackingScalingPolicyConfiguration, StepScalingPolicyConfiguration } =
        policy;
      policies.push({
        PolicyName,
        PolicyType,
        TargetTrackingScalingPolicyConfiguration,
        StepScalingPolicyConfiguration,
      });
    }
  }
  const schedules: Record<string, unknown>[] = [];
  for await (const page of paginateDescribeScheduledActions({ client }, resource)) {
    for (const action of page.ScheduledActions ?? []) {
      const { ScheduledActionName, Schedule, Timezone, StartTime, EndTime, ScalableTargetAction } = action;
      const times = { StartTime: StartTime?.toISOString(), EndTime: EndTime?.toISOString() };
      schedules.push({ ScheduledActionName, Schedule, Timezone, ScalableTargetAction, ...times });
    }
  }
  return {
    variant,
    minCapacity: target.MinCapacity ?? 0,
    maxCapacity: target.MaxCapacity ?? 0,
    ...(target.SuspendedState === undefined
      ? {}
      : { suspended: plain({ ...target.SuspendedState }) as Record<string, boolean> }),
    policies: policies.map(plain),
    schedules: schedules.map(plain),
  };
}

async function register(client: ApplicationAutoScalingClient, endpoint: string, target: ScalingTarget): Promise<void> {
  const resource = resourceOf(endpoint, target.variant);
  await client.send(
    new RegisterScalableTargetCommand({
      ...resource,
      MinCapacity: target.minCapacity,
      MaxCapacity: target.maxCapacity,
      ...(target.suspended === undefined ? {} : { SuspendedState: target.suspended }),
    }),
  );
  for (const policy of target.policies) {
    await client.send(new PutScalingPolicyCommand({ ...resource, ...policy } as PutScalingPolicyCommandInput));
  }
  for (const { StartTime, EndTime, ...schedule } of target.schedules) {
    const times = {
      ...(StartTime === undefined ? {} : { StartTime: new Date(String(StartTime)) }),
      ...(EndTime === undefined ? {} : { EndTime: new Date(String(EndTime)) }),
    };
    const input = { ...resource, ...schedule, ...times } as PutScheduledActionCommandInput;
    await client.send(new PutScheduledActionCommand(input));
  }
}

async function deregister(client: ApplicationAutoScalingClient, endpoint: string, variant: string): Promise<void> {
  try {
    await client.send(new DeregisterScalableTargetCommand(resourceOf(endpoint, variant)));
  } catch (error) {
    // Taken off by an earlier call that did not come to its end.
    if (!(error instanceof ObjectNotFoundException)) throw error;
  }
}

/** Without members that are undefined, which neither a table nor a comparison wants. */
const plain = (value: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
