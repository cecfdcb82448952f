/**
 * Runs `count` pieces of work, at most `limit` at a time, and returns their results in order.
 * The first failure aborts the others; it is thrown once all of them have ended.
 */
export async function together<T>(
  count: number,
  limit: number,
  outer: AbortSignal,
  work: (index: number, signal: AbortSignal) => Promise<T>,
): Promise<readonly T[]> {
  const siblings = new AbortController();
  const signal = AbortSignal.any([outer, siblings.signal]);
  const results = new Map<number, T>();
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count && !signal.aborted) {
      const index = next;
      next += 1;
      try {
        results.set(index, await work(index, signal));
      } catch (error) {
        failures.push(error);
        siblings.abort(new Error('a sibling failed'));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, worker));
  outer.throwIfAborted();
  if (failures.length > 0) throw failures[0];
  return [...results.entries()].sort(([a], [b]) => a - b).map(([, value]) => value);
}
