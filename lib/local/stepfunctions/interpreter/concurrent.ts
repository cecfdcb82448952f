import type { Flow, MapState, ParallelState } from '../language/definition';
import { QueryEvaluationError, withinLimit } from '../language/errors';
import { evaluateField, evaluateInteger } from '../language/evaluate';
import { type Json, kindOf } from '../language/json';
import { finish } from './finish';
import { withRecovery } from './recovery';
import { bindingsOf, type Run, type Thread, type Transition, type Visit } from './run';
import { together } from './together';

/** Runs a nested flow; given by the interpreter, which knows all states. */
export type FlowRunner = (run: Run, flow: Flow, input: Json, thread: Thread) => Promise<Json>;

/** Inline maps run at most this many iterations at a time, whatever MaxConcurrency says. */
const INLINE_CONCURRENCY = 40;

export function runParallel(
  run: Run,
  thread: Thread,
  visit: Visit,
  state: ParallelState,
  runFlow: FlowRunner,
): Promise<Transition> {
  return withRecovery(run, thread, visit, state, async (current) => {
    const input =
      state.Arguments === undefined
        ? current.input
        : await evaluateField(state.Arguments, 'Arguments', bindingsOf(run, thread, current));
    withinLimit(input, `the input of state '${current.name}'`);
    const { Branches: branches } = state;
    run.history.record(thread.trace, 'ParallelStateStarted');
    const result = await recorded(run, thread, 'ParallelState', () =>
      together(branches.length, branches.length, thread.signal, async (index, signal) => {
        const branch = branches[index];
        if (branch === undefined) throw new Error(`state '${current.name}' has no branch ${index}`);
        return runFlow(run, branch, input, {
          ...thread,
          signal,
          scope: thread.scope.nested(),
          trace: thread.trace.fork(),
        });
      }),
    );
    return finish(run, thread, current, state, result, { result });
  });
}

export function runMap(
  run: Run,
  thread: Thread,
  visit: Visit,
  state: MapState,
  runFlow: FlowRunner,
): Promise<Transition> {
  return withRecovery(run, thread, visit, state, async (current) => {
    const items = await itemsOf(run, thread, current, state);
    const bindings = bindingsOf(run, thread, current);
    const asked = await evaluateInteger(state.MaxConcurrency ?? 0, 'MaxConcurrency', bindings, [0, 1e9]);
    const limit = asked === 0 ? INLINE_CONCURRENCY : Math.min(asked, INLINE_CONCURRENCY);
    run.history.record(thread.trace, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    const result = await recorded(run, thread, 'MapState', () =>
      together(items.length, limit, thread.signal, (index, signal) =>
        runIteration(run, { ...thread, signal }, current, state, items, index, runFlow),
      ),
    );
    return finish(run, thread, current, state, result, { result });
  });
}

async function itemsOf(run: Run, thread: Thread, visit: Visit, state: MapState): Promise<readonly Json[]> {
  const value =
    state.Items === undefined ? visit.input : await evaluateField(state.Items, 'Items', bindingsOf(run, thread, visit));
  if (Array.isArray(value)) return value as readonly Json[];
  throw new QueryEvaluationError(`Items of state '${visit.name}' must be an array; found ${kindOf(value)}`, 'Items');
}

async function runIteration(
  run: Run,
  outer: Thread,
  visit: Visit,
  state: MapState,
  items: readonly Json[],
  index: number,
  runFlow: FlowRunner,
): Promise<Json> {
  const thread: Thread = {
    ...outer,
    scope: outer.scope.nested(),
    trace: outer.trace.fork(),
    item: { Index: index, Value: items[index] ?? null },
  };
  const record = (what: string) =>
    run.history.record(thread.trace, `MapIteration${what}`, {
      [`mapIteration${what}EventDetails`]: { name: visit.name, index },
    });
  record('Started');
  try {
    const input =
      state.ItemSelector === undefined
        ? (items[index] ?? null)
        : await evaluateField(state.ItemSelector, 'ItemSelector', bindingsOf(run, thread, visit));
    withinLimit(input, `the input of iteration ${index} of state '${visit.name}'`);
    const output = await runFlow(run, state.ItemProcessor, input, thread);
    record('Succeeded');
    return output;
  } catch (error) {
    record(outer.signal.aborted ? 'Aborted' : 'Failed');
    throw error;
  }
}

/** Writes `<kind>Succeeded` or `<kind>Failed` after the work. */
async function recorded<T>(run: Run, thread: Thread, kind: string, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    run.history.record(thread.trace, `${kind}Succeeded`);
    return result;
  } catch (error) {
    run.history.record(thread.trace, `${kind}${thread.signal.aborted ? 'Aborted' : 'Failed'}`);
    throw error;
  }
}
