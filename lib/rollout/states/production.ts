import { Choice, Condition, type IChainable, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { begin } from './begin';
import { canaryStates } from './canary';
import { check } from './checks';
import { type GoodEnds, goodEnds } from './conclude';
import { converge } from './converge';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';
import { keepWarm } from './keep-warm';
import { Ends, takeLock } from './lock';
import { markOf } from './mark';
import { planStates } from './plan';
import { rollbackStates } from './rollback';

/**
 * Production: lock, plan, add the new variant at weight 0, check it, shift and bake step by step; back on any failure.
 * An execution that goes on after one that was cut short enters where the endpoint is.
 */
export function productionStates(scope: Construct, functions: RolloutFunctions): IChainable {
  const ends = new Ends(scope, functions.lock);
  const good = goodEnds(scope, { functions, ends, keepWarm: (promoted) => keepWarm(scope, functions, promoted) });
  const rollBack = rollbackStates(scope, functions, ends);
  const shift = canaryStates(scope, { functions, promoted: good.promoted, rollBack });
  const refused = ends.bad('Refused', 'Refused', '$reason');
  const plan = planStates(scope, {
    functions,
    ends,
    deploy: deployStates(scope, functions, { shift, promoted: good.promoted, rollBack }),
    shift,
    rollBack,
    unchanged: holdStates(scope, functions, { unchanged: good.unchanged, ends }),
    refused,
  });
  return begin(scope).next(takeLock(scope, { lock: functions.lock, action: 'rollout', taken: plan, refused }));
}

/** The new variant beside the old one, without traffic, and checked. */
function deployStates(
  scope: Construct,
  functions: RolloutFunctions,
  { shift, promoted, rollBack }: { readonly shift: State; readonly promoted: State; readonly rollBack: State },
): State {
  return converge(scope, 'AddVariant', {
    lambda: functions.converge,
    target: '$planned.plan.deploy',
    model: '$planned.plan.model',
    maxAsks: 1,
    mark: markOf('{"phase": $planned.plan.first ? "first" : "canary"}'),
    onError: rollBack,
    next: check(scope, 'CheckNewVariant', {
      functions,
      variant: '$planned.plan.candidate',
      // A first release has nothing to take traffic from.
      passed: Choice.jsonata(scope, 'AnyStep?')
        .when(Condition.jsonata(jsonata('$planned.plan.first')), promoted)
        .otherwise(shift),
      otherwise: rollBack,
    }),
  });
}

/** The same release again: it keeps all traffic, and its checks are made once more. */
function holdStates(
  scope: Construct,
  functions: RolloutFunctions,
  { unchanged, ends }: Pick<GoodEnds, 'unchanged'> & { readonly ends: Ends },
): State {
  const failed = ends.bad(
    'ServingVariantFailed',
    'ServingVariantFailed',
    '"this release already serves, but fails its checks: " & $reason',
  );
  return converge(scope, 'HoldTraffic', {
    lambda: functions.converge,
    target: '$planned.plan.hold',
    maxAsks: 3,
    onError: failed,
    next: check(scope, 'CheckServingVariant', {
      functions,
      variant: '$planned.plan.serving',
      passed: unchanged,
      otherwise: failed,
    }),
  });
}
