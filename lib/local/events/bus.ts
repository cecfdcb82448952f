import { randomUUID } from 'node:crypto';
import type { Json } from '../engine/json';
import type { AwsEvent, EventBus } from '../engine/ports';
import { whenDone } from '../engine/underway';
import { type RuleIdentity, type TargetInput, targetInput } from './input';
import type { EventPredicate } from './pattern';

export interface RuleTarget extends TargetInput {
  readonly id: string;
  readonly arn: string;
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

/** Hands one event to a target; a rejection is logged. */
export type Deliver = (delivery: Delivery) => Promise<unknown>;

export interface RuleBusOptions {
  readonly region: string;
  readonly account: string;
  readonly now: () => Date;
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
    for (const { arn } of rule.targets) {
      if (this.delivererOf(arn) === undefined) {
        throw new Error(
          `the target ${arn} cannot be reached here; reachable are ${[...this.deliverers.keys()].sort().join(', ')}`,
        );
      }
    }
    this.rules.set(rule.name, rule);
  }

  /** Matches and delivers in the background. @returns the id of the event. */
  publish(event: AwsEvent): string {
    const id = randomUUID();
    const full: Json = {
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
    for (const rule of this.rules.values()) {
      if (!rule.enabled || !rule.matches(full)) continue;
      for (const target of rule.targets) this.track(this.deliver(rule, target, full));
    }
    return id;
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

  private track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => this.pending.delete(tracked));
    this.pending.add(tracked);
  }

  private async deliver(rule: EventRule, target: RuleTarget, event: Json): Promise<void> {
    // The publisher goes on first, as with a real bus.
    await Promise.resolve();
    try {
      const input = targetInput(target, event, rule);
      await this.delivererOf(target.arn)?.({ target, rule, input });
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
