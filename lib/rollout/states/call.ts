import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Errors,
  type IChainable,
  JitterType,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { AT_REST, CAUGHT, PAYLOAD } from './expressions';

/** Errors that say for certain that trying again does not help. */
const FINAL_ERRORS = ['EndpointStuck', 'LockLost', 'RollbackUnderWay'];

/** Errors that pass: throttling, and services that fail on their own side, in the names of the SDKs and of Lambda. */
const PASSING_ERRORS = [
  'Lambda.TooManyRequestsException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'ConcurrentUpdateException',
  'SlowDown',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalServerError',
  'InternalServerException',
  'InternalServiceException',
  'InternalFailure',
  'InternalError',
  'TimeoutError',
  Errors.TIMEOUT,
];

export interface CallProps {
  readonly lambda: IFunction;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Variable that takes the answer. */
  readonly into: string;
  /** Further variables to set from the answer, with JSONata expressions. @default - none */
  readonly assign?: Readonly<Record<string, unknown>>;
  /** Where a caught error leads; its one-line text is in the variable `reason`. */
  readonly onError: IChainable;
  /** Where a lock that somebody else has taken meanwhile leads, with `reason` set. @default - like any other error */
  readonly onLockLost?: IChainable;
  /** Variable that takes the text of a caught error. @default 'reason' */
  readonly errorInto?: string;
  /** Times to try again when the error is of a kind that passes. @default 8 */
  readonly attempts?: number;
  /** Longer than the function itself may run, which then tells more. @default Duration.seconds(90) */
  readonly timeout?: Duration;
}

/**
 * A Task that calls one function, keeps its answer in a variable and leads every error to one state. What passes is
 * tried again patiently, everything else twice, and what is final not at all.
 */
export function call(scope: Construct, id: string, props: CallProps): TaskStateBase {
  const task = LambdaInvoke.jsonata(scope, id, {
    lambdaFunction: props.lambda,
    payload: TaskInput.fromObject({ ...props.payload }),
    outputs: PAYLOAD,
    assign: { [props.into]: PAYLOAD, ...props.assign },
    retryOnServiceExceptions: false,
    taskTimeout: Timeout.duration(props.timeout ?? Duration.seconds(90)),
  });
  task.addRetry({ errors: FINAL_ERRORS, maxAttempts: 0 });
  task.addRetry({
    errors: PASSING_ERRORS,
    interval: Duration.seconds(1),
    backoffRate: 2,
    maxDelay: Duration.seconds(15),
    maxAttempts: props.attempts ?? 8,
    jitterStrategy: JitterType.FULL,
  });
  task.addRetry({ interval: Duration.seconds(2), maxAttempts: 2, backoffRate: 2 });
  if (props.onLockLost !== undefined) {
    task.addCatch(props.onLockLost, { errors: ['LockLost'], assign: { reason: CAUGHT } });
  }
  return task.addCatch(props.onError, {
    assign: { [props.errorInto ?? 'reason']: CAUGHT, convergence: AT_REST },
  });
}
