import type { Duration } from 'aws-cdk-lib';
import { Choice, Condition, type IChainable, type TaskStateBase, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { jsonata } from './expressions';

/** Condition on the kind of the plan that was made. */
export const planIs = (kind: string): string => `$planned.plan.kind = "${kind}"`;

export interface PlanKindProps {
  /** The state that makes the plan, and counts how often it did in the variable `planReads`. */
  readonly plan: TaskStateBase;
  /** JSONata conditions, tried in order, and what each leads to. */
  readonly leads: readonly (readonly [condition: string, next: IChainable])[];
  /** Time until another look at an endpoint that is being changed. */
  readonly lookEvery: Duration;
  /** Looks at an endpoint that is being changed. */
  readonly maxReads: number;
  /** Where every other plan leads, and a change of the endpoint that does not end. */
  readonly otherwise: IChainable;
}

/** What each kind of plan leads to; while the endpoint is being changed, the plan is made anew. */
export function choosePlanKind(scope: Construct, props: PlanKindProps): void {
  const { plan, leads, lookEvery, maxReads, otherwise } = props;
  const wait = Wait.jsonata(scope, 'WaitForEndpoint', { time: WaitTime.duration(lookEvery) });
  const kind = Choice.jsonata(scope, 'PlanKind');
  for (const [condition, next] of leads) kind.when(Condition.jsonata(jsonata(condition)), next);
  kind.when(Condition.jsonata(jsonata(`${planIs('wait')} and $planReads < ${maxReads}`)), wait).otherwise(otherwise);
  plan.next(kind);
  wait.next(plan);
}
