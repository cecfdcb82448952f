import { Choice, Condition, type State, TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { jsonata } from './expressions';
import type { RolloutFunctions } from './functions';

/**
 * Starts the machine that removes the old variant when its time has come. It runs by itself, so that nobody waits for
 * it: neither the pipeline nor the next rollout, which removes the variant anyway.
 */
export function keepWarm(
  scope: Construct,
  { retirement }: Pick<RolloutFunctions, 'retirement'>,
  promoted: State,
): State {
  const start = StepFunctionsStartExecution.jsonata(scope, 'StartRetirement', {
    stateMachine: retirement,
    name: jsonata('"retire-" & $runId'),
    input: TaskInput.fromObject({
      runId: jsonata('$runId'),
      keepWarmSeconds: jsonata('$planned.plan.rules.keepWarmSeconds'),
    }),
  });
  start.addRetry({ errors: ['StepFunctions.ExecutionAlreadyExistsException'], maxAttempts: 0 });
  start.addRetry({ maxAttempts: 3 });
  // Started before, or not to be started: the variant then stands by until the next rollout, which does no harm.
  start.addCatch(promoted);
  start.next(promoted);
  return Choice.jsonata(scope, 'KeepWarm?')
    .when(Condition.jsonata(jsonata('$planned.plan.first = false and $planned.plan.rules.keepWarmSeconds > 0')), start)
    .otherwise(promoted);
}
