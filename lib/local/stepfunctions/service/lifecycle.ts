import type { AwsEvent } from '../../engine/ports';
import type { ExecutionDescription } from '../integrations/start-execution';
import type { JsonObject } from '../language/json';

/** The reason with which an execution is aborted by StopExecution. */
export class ExecutionStopped extends Error {
  readonly details: { readonly error?: string; readonly cause?: string };

  constructor(error?: string, cause?: string) {
    super(cause ?? error ?? 'the execution was stopped');
    this.name = 'ExecutionStopped';
    this.details = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  }
}

type TerminalEvent = { readonly type: string; readonly details: Readonly<Record<`${string}EventDetails`, JsonObject>> };

/** The last event of an execution's history. */
export function terminalEvent({ status, output, error, cause }: ExecutionDescription): TerminalEvent {
  const failure = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
  switch (status) {
    case 'SUCCEEDED':
      return { type: 'ExecutionSucceeded', details: { executionSucceededEventDetails: { output: output ?? 'null' } } };
    case 'FAILED':
      return { type: 'ExecutionFailed', details: { executionFailedEventDetails: failure } };
    case 'TIMED_OUT':
      return { type: 'ExecutionTimedOut', details: { executionTimedOutEventDetails: failure } };
    case 'ABORTED':
      return { type: 'ExecutionAborted', details: { executionAbortedEventDetails: failure } };
    case 'RUNNING':
      throw new Error('a running execution has no last event');
  }
}

/** `Step Functions Execution Status Change`; dates in milliseconds since 1970, absent values as null. */
export function statusEvent(execution: ExecutionDescription): AwsEvent {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn,
      name,
      status,
      startDate: startDate.getTime(),
      stopDate: stopDate?.getTime() ?? null,
      input,
      output: output ?? null,
      inputDetails: { included: true },
      outputDetails: output === undefined ? null : { included: true },
      error: error ?? null,
      cause: cause ?? null,
    },
  };
}
