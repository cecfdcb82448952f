import { randomUUID } from 'node:crypto';
import type { Json } from '../engine/json';
import type { AwsEvent, EventBus } from '../engine/ports';
import { whenDone } from '../engine/underway';
import { type RuleIdentity, type TargetInput, targetInput } from './input';
import type { EventPredicate } from './pattern';
import type { Redelivery, RetryPolicy } from './redelivery';

export interface RuleTarget extends TargetInput {
  readonly id: string;
  readonly arn: string;
  readonly retry: RetryPolicy;
  /** ARN of an SQS queue. */
  readonly deadLetterQueue?: string;
}

export interface EventRule extends RuleIdentity {
  readonly enabled: boolean;
  readonly matches: EventPredicate;
  readonly targets: readonly RuleTarget[];
}

export interface Delivery {
  readonly target: RuleTarget;
  readonly rule: RuleIdentity;
  /** JSON text, unless the rule's template is plain text. */
  readonly input: string;
}

/** Hands one event to a target; a rejection is tried again where that may help, then logged. */
export type Deliver = (delivery: Delivery) => Promise<unknown>;

export interface RuleBusOptions {
  readonly region: string;
  readonly account: string;
  readonly now: () => Date;
  /** @default each delivery is attempted once */
  readonly redelivery?: Pick<Redelivery, 'deliver'>;
  readonly log: (line: string) => void;
}

/** The default event bus: matches rules and delivers to their targets. A delivery that fails is counted and logged. */
export class RuleBus implements EventBus {
  private readonly rules = new Map<string, EventRule>();
  private readonly deliverers = new Map<string, Deliver>();
  private readonly pending = new Set<Promise<void>>();
  private failed: string[] = [];

  constructor(private readonly options: RuleBusOptions) {}

  /** Registers who delivers to targets whose ARN starts with `arnPrefix`, e.g. `arn:aws:codepipeline:`. */
  target(arnPrefix: string, deliver: Deliver): void {
    this.deliverers.set(arnPrefix, deliver);
  }

  /** @throws Error if nobody delivers to one of the targets, listing who can be reached. */
  putRule(rule: EventRule): void {
    this.check(rule.targets);
    this.rules.set(rule.name, rule);
  }

  /** @throws Error if nobody delivers to one of the targets, listing who can be reached. */
  check(targets: readonly RuleTarget[]): void {
    for (const { arn } of targets) {
      if (this.delivererOf(arn) === undefined) {
        throw new Error(
          `the target ${arn} cannot be reached here; reachable are ${[...this.deliverers.keys()].sort().join(', ')}`,
        );
      }
    }
  }

  /** Matches and delivers in the background. @returns the id of the event. */
  publish(event: AwsEvent): string {
    const id = randomUUID();
    const full = this.envelope(event, id);
    for (const rule of this.rules.values()) {
      if (rule.enabled && rule.matches(full)) void this.send(rule, full);
    }
    return id;
  }

  /** Delivers an event to the targets of one rule, as its schedule does. */
  async fire(rule: Omit<EventRule, 'matches'>, event: AwsEvent): Promise<void> {
    await this.send(rule, this.envelope(event, randomUUID()));
  }

  private envelope(event: AwsEvent, id: string): Json {
    return {
      version: '0',
      id,
      'detail-type': event['detail-type'],
      source: event.source,
      account: this.options.account,
      time: (event.time ?? this.options.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: this.options.region,
      resources: event.resources ?? [],
      detail: event.detail,
    };
  }

  private async send(rule: Omit<EventRule, 'matches'>, event: Json): Promise<void> {
    await Promise.all(rule.targets.map((target) => this.track(this.deliver(rule, target, event))));
  }

  /** Deliveries that have not ended. */
  underway(): readonly Promise<unknown>[] {
    return [...this.pending];
  }

  drain(): Promise<void> {
    // A delivery may publish further events.
    return whenDone(() => this.underway());
  }

  /** One line for each delivery that failed so far. */
  get failures(): readonly string[] {
    return this.failed;
  }

  private track(work: Promise<void>): Promise<void> {
    const tracked: Promise<void> = work.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
    return tracked;
  }

  private async deliver(rule: RuleIdentity, target: RuleTarget, event: Json): Promise<void> {
    // The publisher goes on first, as with a real bus.
    await Promise.resolve();
    try {
      const input = targetInput(target, event, rule);
      const attempt = async () => this.delivererOf(target.arn)?.({ target, rule, input });
      const { redelivery } = this.options;
      if (redelivery === undefined) await attempt();
      else await redelivery.deliver({ attempt, retry: target.retry, ...deadLetter(rule, target, event) });
    } catch (error) {
      const line = `event "${String(event['detail-type'])}" was not delivered by rule ${rule.name} to ${target.arn}: ${(error as Error).message}`;
      this.failed = [...this.failed, line];
      this.options.log(line);
    }
  }

  private delivererOf(arn: string): Deliver | undefined {
    return [...this.deliverers].find(([prefix]) => arn.startsWith(prefix))?.[1];
  }
}

/** The event itself goes to the queue, not what the target would have received. */
function deadLetter({ arn }: RuleIdentity, target: RuleTarget, event: Json) {
  const { deadLetterQueue: queue } = target;
  if (queue === undefined) return {};
  const attributes = { RULE_ARN: arn, TARGET_ARN: target.arn };
  return { deadLetter: { queue, body: JSON.stringify(event), attributes } };
}
