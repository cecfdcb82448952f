import { Duration } from 'aws-cdk-lib';
import { Choice, Condition, type IChainable, type State } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { call } from './call';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';

export interface CheckProps {
  readonly functions: Pick<RolloutFunctions, 'endToEnd'>;
  /** JSONata expression of the variant's name. */
  readonly variant: string;
  readonly passed: IChainable;
  /** Where a failed, an inconclusive and an impossible check lead; the variable `reason` says why. */
  readonly otherwise: IChainable;
}

/** End-to-end checks of one variant through `TargetVariant`, whatever its weight. Only `pass` passes. */
export function check(scope: Construct, id: string, { functions, variant, passed, otherwise }: CheckProps): State {
  const task = call(scope, id, {
    lambda: functions.endToEnd,
    payload: { runId: jsonata('$runId'), targetVariant: jsonata(variant) },
    into: 'checked',
    assign: { reason: jsonata('$states.result.Payload.reason') },
    onError: otherwise,
    timeout: Duration.minutes(11),
  });
  task.next(
    Choice.jsonata(scope, `${id}Passed?`)
      .when(Condition.jsonata(jsonata('$checked.verdict = "pass"')), passed)
      .otherwise(otherwise),
  );
  return task;
}
