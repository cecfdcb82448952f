import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import type { EndpointClient, Invocation, SignedInvocation, Timed } from './client';
import { isError } from './client';

/** Requests that are signed at once, before their turn; they are sent long before a signature ends. */
const SIGNED_AHEAD = 50;

/** Timers wake up a millisecond late; the rest of the wait is spent awake. */
const AWAKE_MS = 2;

/** An endpoint that fails this often in a row is not asked further. */
const GIVE_UP_AFTER = 5;

/** Requests to be measured, by number from 0. */
export type Requests = (index: number) => Invocation;

export interface Until {
  readonly requests: number;
  /** Milliseconds since 1970 after which nothing more is sent. */
  readonly deadline: number;
}

/** One request after the other. @returns the outcomes in order; fewer than asked for at the deadline, or when it keeps failing */
export async function oneByOne(client: EndpointClient, requests: Requests, until: Until): Promise<readonly Timed[]> {
  const timed: Timed[] = [];
  let failures = 0;
  while (timed.length < until.requests && failures < GIVE_UP_AFTER && Date.now() < until.deadline) {
    const from = timed.length;
    const block = await signed(client, requests, from, Math.min(until.requests, from + SIGNED_AHEAD));
    for (const request of block) {
      if (failures >= GIVE_UP_AFTER || Date.now() >= until.deadline) break;
      const answer = await client.send(request);
      timed.push(answer);
      failures = isError(answer.outcome) ? failures + 1 : 0;
    }
  }
  return timed;
}

/**
 * Requests at a fixed rate, whether or not earlier ones are answered. Each is timed from when it was due, so that a stall of
 * the endpoint is seen by all requests that it would have met (no coordinated omission).
 * Source: G. Tene, "How NOT to measure latency", 2013; the open model of B. Schroeder, A. Wierman and M. Harchol-Balter,
 * "Open versus closed: a cautionary tale", NSDI 2006.
 */
export async function openLoop(
  client: EndpointClient,
  requests: Requests,
  until: Until & { readonly ratePerSecond: number },
): Promise<readonly Timed[]> {
  const pending: Promise<Timed>[] = [];
  const queue = [...(await signed(client, requests, 0, Math.min(until.requests, SIGNED_AHEAD)))];
  const start = performance.now();
  let failures = 0;
  for (let i = 0; i < until.requests && failures < GIVE_UP_AFTER && Date.now() < until.deadline; i += 1) {
    const due = start + (i * 1000) / until.ratePerSecond;
    await waitUntil(due);
    const next = queue.shift() ?? (await client.prepare(requests(i)));
    const late = performance.now() - due;
    pending.push(
      client.send(next).then((answer) => {
        failures = isError(answer.outcome) ? failures + 1 : 0;
        return { ...answer, milliseconds: answer.milliseconds + late };
      }),
    );
    const ahead = i + queue.length + 1;
    if (ahead < until.requests) queue.push(await client.prepare(requests(ahead)));
  }
  return Promise.all(pending);
}

/** What an endpoint did while it was kept busy. */
export interface Load {
  readonly seconds: number;
  readonly timed: readonly Timed[];
}

/** Keeps `concurrency` requests under way for a time: each place sends its next one when it has its answer. */
export async function keepBusy(
  client: EndpointClient,
  requests: Requests,
  {
    concurrency,
    seconds,
    deadline,
  }: { readonly concurrency: number; readonly seconds: number; readonly deadline: number },
): Promise<Load> {
  const timed: Timed[] = [];
  const started = performance.now();
  const end = Math.min(started + seconds * 1000, started + deadline - Date.now());
  let next = 0;
  let failures = 0;
  const place = async (): Promise<void> => {
    while (performance.now() < end && failures < GIVE_UP_AFTER) {
      const request = await client.prepare(requests(next++));
      const answer = await client.send(request);
      timed.push(answer);
      failures = isError(answer.outcome) ? failures + 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, place));
  return { seconds: (performance.now() - started) / 1000, timed };
}

async function signed(
  client: EndpointClient,
  requests: Requests,
  from: number,
  to: number,
): Promise<readonly SignedInvocation[]> {
  const block: SignedInvocation[] = [];
  for (let i = from; i < to; i += 1) block.push(await client.prepare(requests(i)));
  return block;
}

async function waitUntil(due: number): Promise<void> {
  const left = due - performance.now();
  if (left > AWAKE_MS) await sleep(left - AWAKE_MS);
  while (performance.now() < due) await immediate();
}
