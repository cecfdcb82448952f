import { Duration } from 'aws-cdk-lib';
import { Choice, Condition, Fail, type IChainable, type State, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { begin, PLAN_INPUT } from './begin';
import { call } from './call';
import { canaryStates } from './canary';
import { check } from './checks';
import { goodEnds } from './conclude';
import { converge } from './converge';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';
import { rollbackStates } from './rollback';

/** Times the plan is made anew while another change of the endpoint is under way: ten minutes. */
const MAX_PLAN_READS = 40;

/** Production: plan, add the new variant at weight 0, check it, shift and bake step by step; back on any failure. */
export function productionStates(scope: Construct, functions: RolloutFunctions): IChainable {
  const ends = goodEnds(scope, functions);
  const rollBack = rollbackStates(scope, functions);
  const shift = canaryStates(scope, { functions, promoted: ends.promoted, rollBack });
  const deploy = converge(scope, 'AddVariant', {
    lambda: functions.converge,
    target: '$planned.plan.deploy',
    model: '$planned.plan.model',
    maxAsks: 1,
    onError: rollBack,
    next: check(scope, 'CheckNewVariant', {
      functions,
      variant: '$planned.plan.candidate',
      // A first release has nothing to take traffic from.
      passed: Choice.jsonata(scope, 'AnyStep?')
        .when(Condition.jsonata(jsonata('$planned.plan.first')), ends.promoted)
        .otherwise(shift),
      otherwise: rollBack,
    }),
  });
  return begin(scope).next(planStates(scope, functions, { deploy, unchanged: ends.unchanged }));
}

/** Plan, and what each kind of plan leads to. Nothing was changed yet, so every failure here just ends. */
function planStates(
  scope: Construct,
  functions: RolloutFunctions,
  { deploy, unchanged }: { readonly deploy: State; readonly unchanged: State },
): State {
  const refused = Fail.jsonata(scope, 'Refused', { error: 'Refused', cause: jsonata('$reason') });
  const recheck = check(scope, 'CheckServingVariant', {
    functions,
    variant: '$planned.plan.serving',
    passed: unchanged,
    otherwise: Fail.jsonata(scope, 'ServingVariantFailed', {
      error: 'ServingVariantFailed',
      cause: jsonata('"this release already serves, but fails its checks: " & $reason'),
    }),
  });
  const plan = call(scope, 'Plan', {
    lambda: functions.plan,
    payload: PLAN_INPUT,
    into: 'planned',
    assign: {
      planReads: jsonata('$planReads + 1'),
      reason: jsonata('$exists($states.result.Payload.plan.reason) ? $states.result.Payload.plan.reason : ""'),
    },
    onError: refused,
  });
  const wait = Wait.jsonata(scope, 'WaitForEndpoint', { time: WaitTime.duration(Duration.seconds(15)) });
  const is = (kind: string) => `$planned.plan.kind = "${kind}"`;
  plan.next(
    Choice.jsonata(scope, 'PlanKind')
      .when(Condition.jsonata(jsonata(is('deploy'))), deploy)
      .when(Condition.jsonata(jsonata(is('unchanged'))), recheck)
      .when(Condition.jsonata(jsonata(`${is('wait')} and $planReads < ${MAX_PLAN_READS}`)), wait)
      .otherwise(refused),
  );
  wait.next(plan);
  return plan;
}
