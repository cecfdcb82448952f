import { setTimeout as sleep } from 'node:timers/promises';
import type { EndpointClient, Invocation, Timed } from './client';
import { isError } from './client';

export interface AskOptions {
  /** Requests a second that are begun at most; retries count. */
  readonly ratePerSecond: number;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Further attempts where another one may well be answered. @default 3 */
  readonly retries?: number;
  /** Wait before the first retry, doubled for each further one. @default 500 */
  readonly backoffMs?: number;
}

/** Asks for every answer, in order of the requests. An error that remains is its request's outcome. */
export async function askAll(
  client: EndpointClient,
  requests: readonly Invocation[],
  { ratePerSecond, concurrency, retries = 3, backoffMs = 500 }: AskOptions,
): Promise<readonly Timed[]> {
  const answers: Timed[] = [];
  const turn = pace(1000 / ratePerSecond);
  const pending = requests.entries();
  const worker = async (): Promise<void> => {
    for (const [index, request] of pending) {
      for (let attempt = 0; ; attempt += 1) {
        await turn();
        const answer = await client.send(await client.prepare(request));
        answers[index] = answer;
        if (!isError(answer.outcome) || !answer.outcome.passing || attempt >= retries) break;
        await sleep(backoffMs * 2 ** attempt);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, requests.length) }, worker));
  return answers;
}

/** Resolves no more often than every `gap` milliseconds. */
function pace(gap: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + gap;
    if (at > now) await sleep(at - now);
  };
}
