import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type IChainable, TaskInput, type TaskStateBase } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { AT_REST, CAUGHT, PAYLOAD } from './expressions';

/** Errors that say for certain that trying again does not help. */
export const FINAL_ERRORS = ['EndpointStuck'];

export interface CallProps {
  readonly lambda: IFunction;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Variable that takes the answer. */
  readonly into: string;
  /** Further variables to set from the answer, with JSONata expressions. @default - none */
  readonly assign?: Readonly<Record<string, unknown>>;
  /** Where a caught error leads; its one-line text is in the variable `reason`. */
  readonly onError: IChainable;
  /** Variable that takes the text of a caught error. @default 'reason' */
  readonly errorInto?: string;
  /** Times to try again whatever the error, apart from final ones. @default 3 */
  readonly attempts?: number;
}

/** A Task that calls one function, keeps its answer in a variable and leads every error to one state. */
export function call(scope: Construct, id: string, props: CallProps): TaskStateBase {
  const task = LambdaInvoke.jsonata(scope, id, {
    lambdaFunction: props.lambda,
    payload: TaskInput.fromObject({ ...props.payload }),
    outputs: PAYLOAD,
    assign: { [props.into]: PAYLOAD, ...props.assign },
    retryOnServiceExceptions: false,
  });
  task.addRetry({ errors: FINAL_ERRORS, maxAttempts: 0 });
  task.addRetry({ interval: Duration.seconds(2), maxAttempts: props.attempts ?? 3, backoffRate: 2 });
  return task.addCatch(props.onError, {
    assign: { [props.errorInto ?? 'reason']: CAUGHT, convergence: AT_REST },
  });
}
