import { type Json, jsonBytes } from './json';

/** A failure that the state machine sees: `error` is matched by Retry and Catch, `cause` explains it. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    override readonly cause: string,
  ) {
    super(cause === '' ? error : `${error}: ${cause}`);
    this.name = error;
  }
}

/** An expression threw, gave nothing, or gave a value of the wrong type. `location` is the field, e.g. `Output/score`. */
export class QueryEvaluationError extends StateError {
  constructor(
    cause: string,
    readonly location: string,
  ) {
    super('States.QueryEvaluationError', cause);
  }
}

/** Step Functions' limit for the input, output and result of a state, in bytes of UTF-8. */
export const PAYLOAD_LIMIT = 262_144;

/** Returns `value`, or fails with States.DataLimitExceeded if it is larger than a state may hand over. */
export function withinLimit(value: Json, what: string): Json {
  const bytes = jsonBytes(value);
  if (bytes <= PAYLOAD_LIMIT) return value;
  throw new StateError(
    'States.DataLimitExceeded',
    `${what} has ${bytes} bytes; a state may hand over ${PAYLOAD_LIMIT}`,
  );
}

/** Errors that no wildcard catches and no retry repeats. */
const TERMINAL = ['States.DataLimitExceeded', 'States.Runtime'];

/**
 * Whether an ErrorEquals list matches, as Step Functions does: `States.ALL` matches all but the terminal errors,
 * `States.TaskFailed` all of those but `States.Timeout`; other names match themselves.
 */
export function matchesError(names: readonly string[], error: string): boolean {
  return names.some((name) => {
    if (name === error) return error !== 'States.Runtime';
    if (TERMINAL.includes(error)) return false;
    return name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout');
  });
}
