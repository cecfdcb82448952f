import type { Clock } from '../../engine/ports';
import type { Integration } from '../integrations/integration';
import type { Bindings } from '../language/evaluate';
import type { Json, JsonObject } from '../language/json';
import type { History, Trace } from './history';
import type { MapItem, Scope } from './scope';

/** One execution: what all its states share. */
export interface Run {
  readonly execution: {
    readonly arn: string;
    readonly name: string;
    readonly roleArn: string;
    readonly startTime: Date;
    readonly input: Json;
  };
  readonly machine: { readonly arn: string; readonly name: string };
  readonly clock: Clock;
  readonly history: History;
  integration(resource: string): Integration;
}

/** One flow of an execution: the machine's own, a branch, or an iteration. */
export interface Thread {
  readonly scope: Scope;
  /** Aborted when the execution stops or a sibling failed; its reason is the error to end with. */
  readonly signal: AbortSignal;
  readonly trace: Trace;
  readonly item?: MapItem;
}

/** A state while it runs. */
export interface Visit {
  readonly name: string;
  readonly input: Json;
  readonly enteredTime: Date;
  readonly retryCount: number;
}

/** What a state came to: its output, and the state to go on with unless it was the last. */
export interface Transition {
  readonly output: Json;
  readonly next?: string;
}

/** `$states` and the variables, as the state sees them; `extra` is `result` or `errorOutput`. */
export function bindingsOf(run: Run, thread: Thread, visit: Visit, extra: JsonObject = {}): Bindings {
  const context: JsonObject = {
    Execution: {
      Id: run.execution.arn,
      Input: run.execution.input,
      Name: run.execution.name,
      RoleArn: run.execution.roleArn,
      StartTime: run.execution.startTime.toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: run.machine.arn, Name: run.machine.name },
    State: { Name: visit.name, EnteredTime: visit.enteredTime.toISOString(), RetryCount: visit.retryCount },
    ...(thread.item !== undefined && { Map: { Item: { ...thread.item } } }),
  };
  return { states: { input: visit.input, context, ...extra }, variables: thread.scope.variables() };
}
