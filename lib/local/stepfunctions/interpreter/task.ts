import type { TaskState } from '../language/definition';
import { StateError, withinLimit } from '../language/errors';
import { evaluateField, evaluateInteger } from '../language/evaluate';
import type { Json } from '../language/json';
import { finish } from './finish';
import { withRecovery } from './recovery';
import { bindingsOf, type Run, type Thread, type Transition, type Visit } from './run';

const MAX_SECONDS = 99_999_999;
/** setTimeout fires at once beyond this; 24 days are enough for one machine. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function runTask(run: Run, thread: Thread, visit: Visit, state: TaskState): Promise<Transition> {
  return withRecovery(run, thread, visit, state, async (current) => {
    const result = await callOnce(run, thread, current, state);
    return finish(run, thread, current, state, result, { result });
  });
}

async function callOnce(run: Run, thread: Thread, visit: Visit, state: TaskState): Promise<Json> {
  const bindings = bindingsOf(run, thread, visit);
  const args =
    state.Arguments === undefined ? visit.input : await evaluateField(state.Arguments, 'Arguments', bindings);
  withinLimit(args, `the input of task '${visit.name}'`);
  const timeout =
    state.TimeoutSeconds === undefined
      ? undefined
      : await evaluateInteger(state.TimeoutSeconds, 'TimeoutSeconds', bindings, [1, MAX_SECONDS]);
  const integration = run.integration(state.Resource);
  const problems = integration.argumentProblems(args);
  if (problems.length > 0) throw new StateError('States.Runtime', `task '${visit.name}': ${problems.join('; ')}`);
  const { resourceType, resource } = integration;
  const record = (type: string, key: `task${string}EventDetails`, details: { readonly [name: string]: Json }) =>
    run.history.record(thread.trace, type, { [key]: { resourceType, resource, ...details } });
  record('TaskScheduled', 'taskScheduledEventDetails', {
    parameters: JSON.stringify(args),
    ...(timeout !== undefined && { timeoutInSeconds: timeout }),
  });
  record('TaskStarted', 'taskStartedEventDetails', {});
  try {
    const result = await withTimeout(visit.name, timeout, thread.signal, (signal) => integration.call(args, signal));
    withinLimit(result, `the result of task '${visit.name}'`);
    record('TaskSucceeded', 'taskSucceededEventDetails', { output: JSON.stringify(result) });
    return result;
  } catch (error) {
    if (!thread.signal.aborted && error instanceof StateError) {
      const [type, key] = error.error === 'States.Timeout' ? TIMED_OUT : FAILED;
      record(type, key, { error: error.error, cause: error.cause });
    }
    throw error;
  }
}

const FAILED = ['TaskFailed', 'taskFailedEventDetails'] as const;
const TIMED_OUT = ['TaskTimedOut', 'taskTimedOutEventDetails'] as const;

/** Time limits are real seconds: the work they bound is not shortened. */
async function withTimeout<T>(
  name: string,
  seconds: number | undefined,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(
          () => limit.abort(new StateError('States.Timeout', `task '${name}' took longer than ${seconds} s`)),
          Math.min(seconds * 1000, MAX_TIMER_MS),
        );
  const signal = AbortSignal.any([outer, limit.signal]);
  try {
    signal.throwIfAborted();
    const result = await work(signal);
    return result;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
