import type { Answerer, Ask } from './ask';
import { askKey } from './ask';
import type { Steps } from './asks';

/** What became of one task: its result or what it threw, and the sources of its answers in the order of asking. */
export type Finished<Result> =
  | { readonly result: Result; readonly sources: readonly string[] }
  | { readonly error: unknown; readonly sources: readonly string[] };

interface Running<Result> {
  readonly steps: Steps<Result>;
  readonly sources: Set<string>;
  asks: readonly Ask[];
  finished?: Finished<Result>;
}

/**
 * Runs many tasks in lockstep: each round gathers what all of them ask next, unites equal asks, and has them answered
 * together. So twenty expectations need as many rounds as the one with the most steps, not twenty.
 */
export async function runTogether<Result>(
  tasks: readonly (() => Steps<Result>)[],
  engine: Answerer,
): Promise<readonly Finished<Result>[]> {
  const running = tasks.map((task): Running<Result> => start(task));
  for (;;) {
    const waiting = running.filter(({ finished }) => finished === undefined);
    if (waiting.length === 0) break;
    const asks = new Map(waiting.flatMap((task) => task.asks.map((ask) => [askKey(ask), ask] as const)));
    const answers = await engine.answer([...asks.values()]);
    const byKey = new Map([...asks.keys()].map((key, i) => [key, answers[i]] as const));
    for (const task of waiting) {
      const own = task.asks.map((ask) => byKey.get(askKey(ask)) ?? new Error('the engine gave no answer'));
      const failed = own.find((answer): answer is Error => answer instanceof Error);
      for (const answer of own) if (!(answer instanceof Error)) task.sources.add(answer.source);
      advance(task, () =>
        failed === undefined
          ? task.steps.next(own.map((answer) => (answer instanceof Error ? undefined : answer.value)))
          : task.steps.throw(failed),
      );
    }
  }
  return running.map(({ finished }) => finished ?? { error: new Error('never ran'), sources: [] });
}

function start<Result>(task: () => Steps<Result>): Running<Result> {
  // A generator does nothing before its first step, so that its arguments are read inside `advance`.
  const running: Running<Result> = { steps: task(), sources: new Set(), asks: [] };
  advance(running, () => running.steps.next([]));
  return running;
}

function advance<Result>(task: Running<Result>, step: () => IteratorResult<readonly Ask[], Result>): void {
  try {
    const next = step();
    if (next.done === true) task.finished = { result: next.value, sources: [...task.sources] };
    else task.asks = next.value;
  } catch (error) {
    task.finished = { error, sources: [...task.sources] };
  }
}
