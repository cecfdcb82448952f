import { withinLimit } from '../language/errors';
import { evaluateField } from '../language/evaluate';
import { isJsonObject, type Json, type JsonObject } from '../language/json';
import { bindingsOf, type Run, type Thread, type Transition, type Visit } from './run';

/** The part of a state, rule or catcher that forms its output. */
export interface Ending {
  readonly Output?: Json;
  readonly Assign?: JsonObject;
  readonly Next?: string;
}

/**
 * Ends a state: evaluates Output and Assign, both with the variables as they were on entry, then assigns.
 * @param unchanged the output where `Output` is not given
 */
export async function finish(
  run: Run,
  thread: Thread,
  visit: Visit,
  ending: Ending,
  unchanged: Json,
  extra: JsonObject = {},
): Promise<Transition> {
  const bindings = bindingsOf(run, thread, visit, extra);
  const output = ending.Output === undefined ? unchanged : await evaluateField(ending.Output, 'Output', bindings);
  const assigned = await evaluateField(ending.Assign ?? {}, 'Assign', bindings);
  withinLimit(output, `the output of state '${visit.name}'`);
  if (isJsonObject(assigned)) {
    for (const [name, value] of Object.entries(assigned)) withinLimit(value, `variable $${name}`);
    thread.scope.assign(assigned);
  }
  return { output, ...(ending.Next !== undefined && { next: ending.Next }) };
}
