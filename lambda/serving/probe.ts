import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { Exchange } from '../../lib/core/serving/answer';
import { requestsForPercentile } from '../../lib/core/serving/latency';
import type { GoldenRow } from '../../lib/core/serving/sample';
import { type InvokeTarget, invoke } from './invoke';

/** Requests sent before anything is measured: a fresh container compiles and caches on its first ones. */
export const WARM_UPS = 3;

/** An endpoint that fails this often in a row is not asked further. */
const GIVE_UP_AFTER = 5;

export interface Probe {
  readonly exchanges: readonly Exchange[];
  readonly milliseconds: readonly number[];
  readonly warmUps: number;
}

/**
 * Sends every part of the sample once, then repeats parts until there are enough requests for the percentile.
 * Stops at `deadline` (milliseconds since 1970); what was not sent then is missing, and the checks say so.
 */
export async function probe(
  runtime: SageMakerRuntimeClient,
  target: InvokeTarget,
  requests: readonly (readonly GoldenRow[])[],
  { percentile, deadline }: { readonly percentile: number; readonly deadline: number },
): Promise<Probe> {
  const [first] = requests;
  if (first === undefined) return { exchanges: [], milliseconds: [], warmUps: 0 };
  for (let i = 0; i < WARM_UPS && Date.now() < deadline; i += 1) await invoke(runtime, target, first);
  const exchanges: Exchange[] = [];
  const milliseconds: number[] = [];
  const wanted = Math.max(requests.length, requestsForPercentile(percentile));
  let failures = 0;
  for (let i = 0; i < wanted && Date.now() < deadline && failures < GIVE_UP_AFTER; i += 1) {
    const exchange = await invoke(runtime, target, requests[i % requests.length] ?? first);
    if (i < requests.length) exchanges.push(exchange);
    failures = exchange.outcome.kind === 'error' ? failures + 1 : 0;
    // How fast an error came says nothing about the latency of answers.
    if (exchange.outcome.kind === 'answer') milliseconds.push(exchange.milliseconds);
  }
  return { exchanges, milliseconds, warmUps: WARM_UPS };
}
