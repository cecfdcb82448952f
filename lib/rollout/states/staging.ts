import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Fail, type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { begin, PLAN_INPUT } from './begin';
import { call } from './call';
import { converge } from './converge';
import { jsonata } from './expressions';

export interface StagingStatesProps {
  readonly plan: IFunction;
  readonly converge: IFunction;
}

/** Staging: plan, then all at once. Every failure ends in one state with a one-line cause. */
export function stagingStates(scope: Construct, functions: StagingStatesProps): IChainable {
  const failed = Fail.jsonata(scope, 'DeploymentFailed', { error: 'DeploymentFailed', cause: jsonata('$reason') });
  const deploy = converge(scope, 'Deploy', {
    lambda: functions.converge,
    target: '$planned.plan.deploy',
    model: '$planned.plan.model',
    // Deleting a failed endpoint and creating it again are two; so is trying an update that SageMaker undid.
    maxAsks: 2,
    onError: failed,
    next: Succeed.jsonata(scope, 'Deployed'),
  });
  const plan = call(scope, 'Plan', {
    lambda: functions.plan,
    payload: PLAN_INPUT,
    into: 'planned',
    onError: failed,
  });
  plan.next(deploy);
  return begin(scope).next(plan);
}
