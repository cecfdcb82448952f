import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';

interface Target {
  readonly target: Readonly<Record<string, unknown>>;
  readonly policies: Map<string, Readonly<Record<string, unknown>>>;
  readonly schedules: Map<string, Readonly<Record<string, unknown>>>;
}

/** Application Auto Scaling behind the real client: with a target go its policies and schedules, as in AWS. */
export class MemoryScaling {
  readonly targets = new Map<string, Target>();
  private readonly client = mockClient(ApplicationAutoScalingClient);

  constructor(check: (operation: string) => void) {
    const { client, targets } = this;
    const required = (id: string): Target => {
      const found = targets.get(id);
      if (found === undefined)
        throw new ObjectNotFoundException({ message: `No scalable target found for ${id}`, $metadata: {} });
      return found;
    };
    client.on(DescribeScalableTargetsCommand).callsFake(({ ResourceIds }) => {
      check('DescribeScalableTargets');
      return { ScalableTargets: ResourceIds.flatMap((id: string) => targets.get(id)?.target ?? []) };
    });
    client.on(DescribeScalingPoliciesCommand).callsFake(({ ResourceId }) => {
      check('DescribeScalingPolicies');
      return { ScalingPolicies: [...(targets.get(ResourceId)?.policies.values() ?? [])] };
    });
    client.on(DescribeScheduledActionsCommand).callsFake(({ ResourceId }) => {
      check('DescribeScheduledActions');
      return { ScheduledActions: [...(targets.get(ResourceId)?.schedules.values() ?? [])] };
    });
    client.on(RegisterScalableTargetCommand).callsFake((input) => {
      check('RegisterScalableTarget');
      const { policies = new Map(), schedules = new Map() } = targets.get(input.ResourceId) ?? {};
      targets.set(input.ResourceId, { target: input, policies, schedules });
      return {};
    });
    client.on(DeregisterScalableTargetCommand).callsFake(({ ResourceId }) => {
      check('DeregisterScalableTarget');
      required(ResourceId);
      targets.delete(ResourceId);
      return {};
    });
    client.on(PutScalingPolicyCommand).callsFake((input) => {
      check('PutScalingPolicy');
      required(input.ResourceId).policies.set(input.PolicyName, input);
      return {};
    });
    client.on(PutScheduledActionCommand).callsFake((input) => {
      check('PutScheduledAction');
      required(input.ResourceId).schedules.set(input.ScheduledActionName, input);
      return {};
    });
  }

  /** A team's autoscaling of one variant: two to eight instances, by invocations, and a schedule. */
  scale(endpoint: string, variant: string): void {
    const ResourceId = `endpoint/${endpoint}/variant/${variant}`;
    this.targets.set(ResourceId, {
      target: { ResourceId, MinCapacity: 1, MaxCapacity: 8 },
      policies: new Map([
        [
          'by-load',
          {
            PolicyName: 'by-load',
            PolicyType: 'TargetTrackingScaling',
            TargetTrackingScalingPolicyConfiguration: { TargetValue: 70 },
          },
        ],
      ]),
      schedules: new Map([['night', { ScheduledActionName: 'night', Schedule: 'cron(0 22 * * ? *)' }]]),
    });
  }

  /** Variants with autoscaling, with the names of their policies and schedules: `green: by-load night`. */
  get scaled(): readonly string[] {
    return [...this.targets]
      .map(
        ([id, { policies, schedules }]) =>
          `${id.split('/').at(-1)}: ${[...policies.keys(), ...schedules.keys()].join(' ')}`,
      )
      .sort();
  }

  restore(): void {
    this.client.restore();
  }
}
