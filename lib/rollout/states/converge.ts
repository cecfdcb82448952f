import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Choice, Condition, type IChainable, type State, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type CallProps, call } from './call';
import { EXECUTION, jsonata } from './expressions';

export interface ConvergeProps extends Pick<CallProps, 'onError' | 'onLockLost' | 'errorInto' | 'attempts'> {
  readonly lambda: IFunction;
  /** JSONata expression of the target. */
  readonly target: string;
  /** JSONata expression of the model to create first. @default - no model is created */
  readonly model?: string;
  /** Times the endpoint may be asked for the change. */
  readonly maxAsks: number;
  /** JSONata expression of what is written into the lock before the first change. @default - nothing */
  readonly mark?: string;
  /** Traffic must go back even if the lock cannot be read. @default false */
  readonly urgent?: boolean;
  /** @default Duration.seconds(15) */
  readonly pollEvery?: Duration;
  readonly next: IChainable;
}

/**
 * One phase: call the converge function until the endpoint is as asked, with a wait between two calls.
 * Makes the states `<id>`, `<id>Reached?` and `<id>Wait`. @returns the first of them
 */
export function converge(scope: Construct, id: string, props: ConvergeProps): State {
  const { lambda, target, model, mark, urgent, maxAsks, next, pollEvery = Duration.seconds(15), ...rest } = props;
  const task = call(scope, id, {
    ...rest,
    lambda,
    payload: {
      target: jsonata(target),
      ...(model === undefined ? {} : { model: jsonata(model) }),
      convergence: jsonata('$convergence'),
      maxAsks,
      holder: EXECUTION,
      ...(mark === undefined ? {} : { mark: jsonata(mark) }),
      ...(urgent === undefined ? {} : { urgent }),
    },
    into: 'convergence',
  });
  const wait = Wait.jsonata(scope, `${id}Wait`, { time: WaitTime.duration(pollEvery) });
  const reached = Choice.jsonata(scope, `${id}Reached?`)
    .when(Condition.jsonata(jsonata('$convergence.done')), next)
    .otherwise(wait);
  wait.next(task);
  task.next(reached);
  return task;
}
