import type { Json, JsonObject } from './json';

/** A definition of the Amazon States Language, as it is after validation: JSONata states only. */
export interface Machine extends Flow {
  readonly QueryLanguage: 'JSONata';
  readonly Version?: string;
  readonly TimeoutSeconds?: number;
}

/** States that run one after another: the machine itself, a branch of Parallel, the processor of Map. */
export interface Flow {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | ParallelState
  | MapState
  | SucceedState
  | FailState;

export const STATE_TYPES = ['Pass', 'Task', 'Choice', 'Wait', 'Parallel', 'Map', 'Succeed', 'Fail'] as const;

interface Transforming {
  readonly Output?: Json;
  readonly Assign?: JsonObject;
}

interface Continuing extends Transforming {
  readonly Next?: string;
  readonly End?: boolean;
}

export interface Recovering {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface PassState extends Continuing {
  readonly Type: 'Pass';
}

export interface TaskState extends Continuing, Recovering {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Json;
  /** Seconds, or an expression that gives them. */
  readonly TimeoutSeconds?: number | string;
}

export interface ChoiceState extends Transforming {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface ChoiceRule extends Transforming {
  readonly Condition: boolean | string;
  readonly Next: string;
}

export interface WaitState extends Continuing {
  readonly Type: 'Wait';
  readonly Seconds?: number | string;
  readonly Timestamp?: string;
}

export interface ParallelState extends Continuing, Recovering {
  readonly Type: 'Parallel';
  readonly Branches: readonly Flow[];
  readonly Arguments?: Json;
}

export interface MapState extends Continuing, Recovering {
  readonly Type: 'Map';
  readonly ItemProcessor: Flow;
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly MaxConcurrency?: number | string;
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Output?: Json;
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher extends Transforming {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}
