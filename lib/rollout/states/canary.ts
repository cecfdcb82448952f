import { Duration } from 'aws-cdk-lib';
import { Choice, Condition, Pass, type State, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { converge } from './converge';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';
import { markOf } from './mark';

export interface CanaryStatesProps {
  readonly functions: RolloutFunctions;
  readonly promoted: State;
  readonly rollBack: State;
}

/** Shift to the step's weight, then bake: wait, judge, and wait again, take the next step or roll back. */
export function canaryStates(scope: Construct, { functions, promoted, rollBack }: CanaryStatesProps): State {
  const bake = Wait.jsonata(scope, 'Bake', {
    time: WaitTime.seconds(jsonata('$planned.plan.rules.judgeEverySeconds')),
  });
  const startBake = Pass.jsonata(scope, 'StartBake', {
    // The step begins when its weights were seen to apply.
    assign: { progress: jsonata('$merge([$progress, {"startedAt": $convergence.at, "looks": 0}])') },
  });
  const shift = converge(scope, 'Shift', {
    lambda: functions.converge,
    target: '$planned.plan.steps[$progress.step].target',
    maxAsks: 3,
    // The steps behind it are on record before the next one begins.
    mark: markOf('{"phase": "canary"}'),
    onError: rollBack,
    next: startBake,
  });
  const judge = call(scope, 'Judge', {
    lambda: functions.judge,
    payload: { runId: jsonata('$runId'), plan: jsonata('$planned.plan'), progress: jsonata('$progress') },
    into: 'judged',
    assign: {
      progress: jsonata('$states.result.Payload.progress'),
      reason: jsonata('$states.result.Payload.reason'),
    },
    onError: rollBack,
    timeout: Duration.minutes(2),
  });
  const decide = Choice.jsonata(scope, 'Decide')
    .when(Condition.jsonata(jsonata('$judged.decision in ["continue", "extend"]')), bake)
    .when(
      Condition.jsonata(jsonata('$judged.decision = "promote" and $progress.step < $count($planned.plan.steps)')),
      shift,
    )
    .when(Condition.jsonata(jsonata('$judged.decision = "promote"')), promoted)
    .otherwise(rollBack);
  startBake.next(bake);
  bake.next(judge);
  judge.next(decide);
  return shift;
}
