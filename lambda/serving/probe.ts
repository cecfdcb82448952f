import type { ServingConfig } from '../../lib/config/gates';
import { GOLDEN_INFERENCE } from '../../lib/core/monitoring/capture';
import type { AnswerFields, Exchange } from '../../lib/core/serving/answer';
import type { ServingFacts } from '../../lib/core/serving/checks';
import { requestsForBudget } from '../../lib/core/serving/latency';
import type { GoldenRow } from '../../lib/core/serving/sample';
import { type EndpointClient, type Invocation, isError, type Timed } from '../../lib/serving/endpoint/client';
import { keepBusy, type Load, oneByOne, openLoop, type Requests } from '../../lib/serving/endpoint/load';
import { oneLine } from '../shared/text';

/** Requests sent before anything is measured: a fresh container compiles and caches on its first ones. */
const WARM_UPS = 3;

export interface ProbeTarget {
  readonly endpoint: string;
  readonly variant?: string;
  readonly fields: AnswerFields;
}

export interface ProbeOptions extends Pick<ServingConfig, 'latency' | 'throughput'> {
  /** Milliseconds since 1970; what was not sent then is missing, and the checks say so. */
  readonly deadline: number;
}

/** The measured part of what the checks need. */
export type Probe = Pick<ServingFacts, 'exchanges' | 'milliseconds' | 'bytes' | 'errors' | 'load' | 'warmUps'>;

/**
 * Sends every part of the sample once, then repeats parts until there are enough requests for the latency budget; then
 * keeps the endpoint busy where throughput has a budget.
 */
export async function probe(
  client: EndpointClient,
  target: ProbeTarget,
  parts: readonly (readonly GoldenRow[])[],
  { latency, throughput, deadline }: ProbeOptions,
): Promise<Probe> {
  if (parts.length === 0) return nothing;
  const requests: Requests = (index) => invocationOf(target, parts[index % parts.length] ?? []);
  await oneByOne(client, () => requests(0), { requests: WARM_UPS, deadline });
  const until = { requests: Math.max(parts.length, requestsForBudget(latency)), deadline };
  const { ratePerSecond } = latency;
  const timed =
    ratePerSecond === undefined
      ? await oneByOne(client, requests, until)
      : await openLoop(client, requests, { ...until, ratePerSecond });
  const load = throughput === undefined ? undefined : await keepBusy(client, requests, { ...throughput, deadline });
  return { exchanges: exchangesOf(timed, parts, target), ...measured(timed, load, target), warmUps: WARM_UPS };
}

const nothing: Probe = { exchanges: [], milliseconds: [], bytes: [], errors: { requests: 0, errors: 0 }, warmUps: 0 };

function invocationOf({ endpoint, variant, fields }: ProbeTarget, rows: readonly GoldenRow[]): Invocation {
  const body = JSON.stringify({ [fields.instances]: rows.map(({ row }) => row) });
  return { endpoint, body, inferenceId: GOLDEN_INFERENCE, ...(variant === undefined ? {} : { variant }) };
}

/** How fast an error came says nothing about the latency of answers. */
function measured(
  timed: readonly Timed[],
  load: Load | undefined,
  target: ProbeTarget,
): Pick<Probe, 'milliseconds' | 'bytes' | 'errors' | 'load'> {
  const all = [...timed, ...(load?.timed ?? [])];
  const failed = all.flatMap((each) => (outcomeOf(each, target).kind === 'error' ? [outcomeOf(each, target)] : []));
  const [first] = failed;
  const answered = (list: readonly Timed[]) => list.filter(({ outcome }) => !isError(outcome));
  return {
    milliseconds: answered(timed).map(({ milliseconds }) => milliseconds),
    bytes: answered(all).map(({ bytes }) => bytes),
    errors: {
      requests: all.length,
      errors: failed.length,
      ...(first?.kind === 'error' ? { first: first.message } : {}),
    },
    ...(load === undefined
      ? {}
      : {
          load: { seconds: load.seconds, milliseconds: answered(load.timed).map(({ milliseconds }) => milliseconds) },
        }),
  };
}

function exchangesOf(
  timed: readonly Timed[],
  parts: readonly (readonly GoldenRow[])[],
  target: ProbeTarget,
): readonly Exchange[] {
  return timed.slice(0, parts.length).map((each, i) => ({
    keys: (parts[i] ?? []).map(({ key }) => key),
    milliseconds: each.milliseconds,
    outcome: outcomeOf(each, target),
  }));
}

function outcomeOf({ outcome }: Timed, { variant }: ProbeTarget): Exchange['outcome'] {
  if (isError(outcome)) return { kind: 'error', message: oneLine(outcome.line, 300) };
  if (variant !== undefined && outcome.variant !== undefined && outcome.variant !== variant) {
    return { kind: 'error', message: `variant ${outcome.variant} answered instead of ${variant}` };
  }
  return { kind: 'answer', contentType: outcome.contentType, body: outcome.body.toString('utf8') };
}
