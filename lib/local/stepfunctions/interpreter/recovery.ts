import type { Recovering, Retrier } from '../language/definition';
import { matchesError, type QueryEvaluationError, StateError } from '../language/errors';
import { finish } from './finish';
import type { Run, Thread, Transition, Visit } from './run';

/**
 * Runs `attempt`, again as often as Retry says, and goes where Catch says if it fails for good.
 * A state of an execution that is being stopped is neither repeated nor caught.
 */
export async function withRecovery(
  run: Run,
  thread: Thread,
  visit: Visit,
  state: Recovering,
  attempt: (visit: Visit) => Promise<Transition>,
): Promise<Transition> {
  const used = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount += 1) {
    const current = { ...visit, retryCount };
    try {
      return await attempt(current);
    } catch (error) {
      thread.signal.throwIfAborted();
      if (!(error instanceof StateError)) throw error;
      recordEvaluationFailure(run, thread, visit, error);
      const delay = retryDelay(state.Retry ?? [], error.error, used);
      if (delay === undefined) return handOver(run, thread, current, state, error);
      await run.clock.sleep(delay, thread.signal);
    }
  }
}

async function handOver(
  run: Run,
  thread: Thread,
  visit: Visit,
  state: Recovering,
  error: StateError,
): Promise<Transition> {
  const catcher = state.Catch?.find(({ ErrorEquals }) => matchesError(ErrorEquals, error.error));
  if (catcher === undefined) throw error;
  const errorOutput = { Error: error.error, Cause: error.cause };
  return finish(run, thread, visit, catcher, errorOutput, { errorOutput });
}

/**
 * Seconds until the next attempt by the first retrier that matches, or undefined if its attempts are used up or none
 * matches: IntervalSeconds × BackoffRate^n, at most MaxDelaySeconds, with FULL jitter uniform from 0 to that.
 */
export function retryDelay(
  retriers: readonly Retrier[],
  error: string,
  used: Map<Retrier, number>,
  random: () => number = Math.random,
): number | undefined {
  const retrier = retriers.find(({ ErrorEquals }) => matchesError(ErrorEquals, error));
  if (retrier === undefined) return undefined;
  const count = used.get(retrier) ?? 0;
  if (count >= (retrier.MaxAttempts ?? 3)) return undefined;
  used.set(retrier, count + 1);
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** count;
  const delay = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  return retrier.JitterStrategy === 'FULL' ? delay * random() : delay;
}

/** EvaluationFailed in the history, for an expression of this state. */
export function recordEvaluationFailure(run: Run, thread: Thread, visit: Visit, error: unknown): void {
  if (!(error instanceof StateError) || error.error !== 'States.QueryEvaluationError') return;
  const { location } = error as QueryEvaluationError;
  run.history.record(thread.trace, 'EvaluationFailed', {
    evaluationFailedEventDetails: { error: error.error, cause: error.cause, location, state: visit.name },
  });
}
