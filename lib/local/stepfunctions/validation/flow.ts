import { isJsonObject, type Json, type JsonObject } from '../language/json';
import type { Report } from './fields';

/** The states that a state may go on with, each with the field that names it. */
export function successors(state: JsonObject): readonly (readonly [field: string, target: string])[] {
  const named = (value: Json | undefined, field: string) =>
    typeof value === 'string' ? [[field, value] as const] : [];
  const listed = (list: Json | undefined, field: string) =>
    Array.isArray(list)
      ? (list as readonly Json[]).flatMap((item, i) =>
          isJsonObject(item) ? named(item.Next, `${field}[${i}]/Next`) : [],
        )
      : [];
  return [
    ...named(state.Next, 'Next'),
    ...named(state.Default, 'Default'),
    ...listed(state.Choices, 'Choices'),
    ...listed(state.Catch, 'Catch'),
  ];
}

/** Reports targets that are no states, states that nothing leads to, and flows that cannot end. */
export function checkTransitions(flow: JsonObject, path: string, report: Report): void {
  const { StartAt: start, States: states } = flow;
  if (!isJsonObject(states) || typeof start !== 'string') return;
  const names = Object.keys(states);
  const missing = (target: string) =>
    `names the state '${target}', which does not exist; states here are ${names.join(', ')}`;
  if (!Object.hasOwn(states, start)) {
    report(`${path}/StartAt`, missing(start));
    return;
  }
  const reached = new Set<string>();
  const queue = [start];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const state = states[name];
    if (reached.has(name) || !isJsonObject(state)) continue;
    reached.add(name);
    for (const [field, target] of successors(state)) {
      if (Object.hasOwn(states, target)) queue.push(target);
      else report(`${path}/States/${name}/${field}`, missing(target));
    }
  }
  for (const name of names) if (!reached.has(name)) report(`${path}/States/${name}`, 'is not reachable');
  if (![...reached].some((name) => isTerminal(states[name]))) {
    report(`${path}/States`, 'has no state that ends the flow (End, Succeed or Fail)');
  }
}

function isTerminal(state: Json | undefined): boolean {
  return isJsonObject(state) && (state.End === true || state.Type === 'Succeed' || state.Type === 'Fail');
}

/** Names that the states of this flow assign, without those of nested flows. */
export function assignedNames(flow: JsonObject): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!isJsonObject(flow.States)) return found;
  for (const [name, state] of Object.entries(flow.States)) {
    if (!isJsonObject(state)) continue;
    const lists = [state.Choices, state.Catch].flatMap((list) =>
      Array.isArray(list) ? (list as readonly Json[]) : [],
    );
    for (const holder of [state, ...lists]) {
      if (isJsonObject(holder) && isJsonObject(holder.Assign)) {
        for (const variable of Object.keys(holder.Assign)) found.set(variable, name);
      }
    }
  }
  return found;
}
