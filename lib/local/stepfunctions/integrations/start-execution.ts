import { AwsError } from '../../gateway/service';
import { StateError } from '../language/errors';
import { isJsonObject, type Json, type JsonObject } from '../language/json';
import type { Integration } from './integration';

/** An ended or running execution, as DescribeExecution gives it; input and output are JSON text. */
export interface ExecutionDescription {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly startDate: Date;
  readonly stopDate?: Date;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The part of Step Functions that a state machine uses to start another. */
export interface Executions {
  /** @returns the execution's ARN */
  start(stateMachineArn: string, input: unknown, name?: string): Promise<string>;
  /** Resolves when the execution has ended, however; rejects with the signal's reason, leaving it running. */
  wait(executionArn: string, signal?: AbortSignal): Promise<ExecutionDescription>;
  stop(executionArn: string, error?: string, cause?: string): Promise<void>;
  describe(executionArn: string): ExecutionDescription;
}

const ARGUMENTS = ['StateMachineArn', 'Input', 'Name'];

type Pattern = '' | '.sync' | '.sync:2';

/** `arn:aws:states:::states:startExecution` and its `.sync` (output as text) and `.sync:2` (output as JSON). */
export function startExecution(executions: Executions, pattern: Pattern): Integration {
  return {
    resourceType: 'states',
    resource: `startExecution${pattern}`,
    argumentProblems: problems,
    call: async (args, signal) => {
      const arn = await start(executions, args);
      if (pattern === '') {
        return { ExecutionArn: arn, StartDate: executions.describe(arn).startDate.getTime() };
      }
      try {
        return completed(await executions.wait(arn, signal), pattern);
      } catch (error) {
        if (signal.aborted)
          await executions.stop(arn, 'States.ParentStopped', 'the execution that started it was stopped');
        throw error;
      }
    },
  };
}

function problems(args: Json): readonly string[] {
  if (typeof args === 'string') return [];
  if (!isJsonObject(args) || args.StateMachineArn === undefined)
    return ["Arguments lacks the required 'StateMachineArn'"];
  return Object.keys(args)
    .filter((key) => !ARGUMENTS.includes(key))
    .map((key) => `Arguments of startExecution has no member '${key}'; it knows ${ARGUMENTS.join(', ')}`);
}

async function start(executions: Executions, args: Json): Promise<string> {
  const { StateMachineArn: machine, Input: input, Name: name } = isJsonObject(args) ? args : {};
  if (typeof machine !== 'string' || (name !== undefined && typeof name !== 'string')) {
    throw new StateError('States.Runtime', 'startExecution needs StateMachineArn and Name as strings');
  }
  try {
    return await executions.start(machine, typeof input === 'string' ? JSON.parse(input) : (input ?? {}), name);
  } catch (error) {
    if (error instanceof AwsError) {
      const code = error.code.replace(/(Exception)?$/, 'Exception');
      throw new StateError(`StepFunctions.${code}`, error.message);
    }
    throw new StateError('StepFunctions.InvalidExecutionInputException', (error as Error).message);
  }
}

function completed(execution: ExecutionDescription, pattern: Pattern): JsonObject {
  const output = execution.output === undefined ? undefined : readOutput(execution.output, pattern);
  const described: JsonObject = {
    ExecutionArn: execution.executionArn,
    Input: pattern === '.sync:2' ? (JSON.parse(execution.input) as Json) : execution.input,
    Name: execution.name,
    ...(output !== undefined && { Output: output }),
    StartDate: execution.startDate.getTime(),
    StateMachineArn: execution.stateMachineArn,
    Status: execution.status,
    ...(execution.stopDate !== undefined && { StopDate: execution.stopDate.getTime() }),
    ...(execution.error !== undefined && { Error: execution.error }),
    ...(execution.cause !== undefined && { Cause: execution.cause }),
  };
  if (execution.status === 'SUCCEEDED') return described;
  throw new StateError('States.TaskFailed', JSON.stringify(described));
}

function readOutput(output: string, pattern: Pattern): Json {
  return pattern === '.sync:2' ? (JSON.parse(output) as Json) : output;
}
