import { setImmediate } from 'node:timers/promises';
import type { ChoiceState, FailState, Flow, State, WaitState } from '../language/definition';
import { QueryEvaluationError, StateError } from '../language/errors';
import { evaluateField, evaluateInteger, evaluateString } from '../language/evaluate';
import { type Json, kindOf } from '../language/json';
import { runMap, runParallel } from './concurrent';
import { finish } from './finish';
import { recordEvaluationFailure } from './recovery';
import { bindingsOf, type Run, type Thread, type Transition, type Visit } from './run';
import { runTask } from './task';

const MAX_WAIT_SECONDS = 99_999_999;

/**
 * Runs a flow from its StartAt to a terminal state and returns the last output.
 * Rejects with StateError if it fails, and with the signal's reason if it was stopped.
 */
export async function runFlow(run: Run, flow: Flow, input: Json, thread: Thread): Promise<Json> {
  let name: string | undefined = flow.StartAt;
  let current = input;
  while (name !== undefined) {
    // Lets timers and requests in between, which a loop without waits would starve.
    await setImmediate();
    thread.signal.throwIfAborted();
    run.history.checkLimit();
    const state: State | undefined = flow.States[name];
    if (state === undefined) throw new StateError('States.Runtime', `there is no state '${name}'`);
    const transition: Transition = await visitState(run, thread, name, state, current);
    current = transition.output;
    name = transition.next;
  }
  return current;
}

async function visitState(run: Run, thread: Thread, name: string, state: State, input: Json): Promise<Transition> {
  const visit: Visit = { name, input, enteredTime: run.clock.now(), retryCount: 0 };
  run.history.record(thread.trace, `${state.Type}StateEntered`, {
    stateEnteredEventDetails: { name, input: JSON.stringify(input) },
  });
  try {
    const transition = await runState(run, thread, visit, state);
    run.history.record(thread.trace, `${state.Type}StateExited`, {
      stateExitedEventDetails: { name, output: JSON.stringify(transition.output) },
    });
    return transition;
  } catch (error) {
    // Task, Parallel and Map write this themselves, before Retry and Catch.
    if (!['Task', 'Parallel', 'Map'].includes(state.Type)) {
      recordEvaluationFailure(run, thread, visit, error);
    }
    if (thread.signal.aborted) run.history.record(thread.trace, `${state.Type}StateAborted`);
    throw error;
  }
}

function runState(run: Run, thread: Thread, visit: Visit, state: State): Promise<Transition> {
  switch (state.Type) {
    case 'Pass':
    case 'Succeed':
      return finish(run, thread, visit, state, visit.input);
    case 'Task':
      return runTask(run, thread, visit, state);
    case 'Choice':
      return runChoice(run, thread, visit, state);
    case 'Wait':
      return runWait(run, thread, visit, state);
    case 'Parallel':
      return runParallel(run, thread, visit, state, runFlow);
    case 'Map':
      return runMap(run, thread, visit, state, runFlow);
    case 'Fail':
      return fail(run, thread, visit, state);
  }
}

async function runChoice(run: Run, thread: Thread, visit: Visit, state: ChoiceState): Promise<Transition> {
  const bindings = bindingsOf(run, thread, visit);
  for (const [i, rule] of state.Choices.entries()) {
    const location = `Choices[${i}]/Condition`;
    const holds = await evaluateField(rule.Condition, location, bindings);
    if (typeof holds !== 'boolean') {
      throw new QueryEvaluationError(
        `${location} of state '${visit.name}' must be true or false; found ${kindOf(holds)}`,
        location,
      );
    }
    if (holds) return finish(run, thread, visit, rule, visit.input);
  }
  if (state.Default === undefined) {
    throw new StateError('States.NoChoiceMatched', `no rule of state '${visit.name}' holds and it has no Default`);
  }
  const { Output, Assign } = state;
  const ending = {
    ...(Output !== undefined && { Output }),
    ...(Assign !== undefined && { Assign }),
    Next: state.Default,
  };
  return finish(run, thread, visit, ending, visit.input);
}

async function runWait(run: Run, thread: Thread, visit: Visit, state: WaitState): Promise<Transition> {
  const bindings = bindingsOf(run, thread, visit);
  if (state.Timestamp !== undefined) {
    const text = await evaluateString(state.Timestamp, 'Timestamp', bindings);
    const until = Date.parse(text);
    if (Number.isNaN(until)) {
      throw new QueryEvaluationError(`Timestamp must be like 2026-01-31T12:00:00Z; found '${text}'`, 'Timestamp');
    }
    await run.clock.sleep(Math.max(0, (until - run.clock.now().getTime()) / 1000), thread.signal);
  } else {
    const seconds = await evaluateInteger(state.Seconds ?? 0, 'Seconds', bindings, [0, MAX_WAIT_SECONDS]);
    await run.clock.sleep(seconds, thread.signal);
  }
  return finish(run, thread, visit, state, visit.input);
}

async function fail(run: Run, thread: Thread, visit: Visit, state: FailState): Promise<never> {
  const bindings = bindingsOf(run, thread, visit);
  const error = await evaluateString(state.Error ?? '', 'Error', bindings);
  const cause = await evaluateString(state.Cause ?? '', 'Cause', bindings);
  throw new StateError(error, cause);
}
