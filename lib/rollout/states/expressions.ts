/** A JSONata expression as a state machine takes it. */
export const jsonata = (expression: string): string => `{% ${expression} %}`;

/** The answer of a Lambda function that a Task has called. */
export const PAYLOAD = jsonata('$states.result.Payload');

/** ARN of the execution: the name under which it holds the lock. */
export const EXECUTION = jsonata('$states.context.Execution.Id');

/** When the running state was entered, ISO 8601; the same however often the state's work is tried. */
export const ENTERED = jsonata('$states.context.State.EnteredTime');

/**
 * The caught error as one line. A function's error arrives as a JSON document with the message inside it; anything
 * else is text already.
 */
export const CAUGHT = jsonata(
  `($cause := $states.errorOutput.Cause; $type($cause) != "string" or $cause = "" ? $states.errorOutput.Error : $contains($cause, '"errorMessage"') ? $parse($cause).errorMessage : $cause)`,
);

/** No phase has begun to change the endpoint. */
export const AT_REST = { asks: 0, polls: 0 };
