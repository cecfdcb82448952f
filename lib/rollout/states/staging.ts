import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { begin, PLAN_INPUT } from './begin';
import { call } from './call';
import { settle } from './conclude';
import { converge } from './converge';
import type { RolloutFunctions } from './functions';
import { Ends, takeLock } from './lock';

export type StagingFunctions = Pick<RolloutFunctions, 'lock' | 'plan' | 'converge' | 'settle'>;

/** Staging: lock, plan, then all at once. Every failure ends in one state with a one-line cause. */
export function stagingStates(scope: Construct, functions: StagingFunctions): IChainable {
  const ends = new Ends(scope, functions.lock);
  const failed = ends.bad('DeploymentFailed', 'DeploymentFailed', '$reason');
  const deploy = converge(scope, 'Deploy', {
    lambda: functions.converge,
    target: '$planned.plan.deploy',
    model: '$planned.plan.model',
    // Deleting a failed endpoint and creating it again are two; so is trying an update that SageMaker undid.
    maxAsks: 2,
    onError: failed,
    next: settle(scope, 'Settle', {
      lambda: functions.settle,
      retain: true,
      next: ends.good('Deployed'),
      onError: failed,
    }),
  });
  const plan = call(scope, 'Plan', {
    lambda: functions.plan,
    payload: PLAN_INPUT,
    into: 'planned',
    onError: failed,
  });
  plan.next(deploy);
  return begin(scope).next(
    takeLock(scope, { lock: functions.lock, action: 'deployment', taken: plan, refused: failed }),
  );
}
