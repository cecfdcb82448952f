import type { Gates } from '../config/gates';
import { type Answer, type BehaviourAnswers, baseRows, namedProbes } from '../core/behaviour';
import { GOLDEN_INFERENCE } from '../core/monitoring/capture';
import { type Exchange, parseAnswer } from '../core/serving/answer';
import { type GoldenRow, requestsOf } from '../core/serving/sample';
import type { PreparedBehaviour } from '../engines/behaviour/plan';
import { UsageError } from '../release/environment';
import { askAll } from '../serving/endpoint/ask';
import { EndpointClient, isError, type Timed } from '../serving/endpoint/client';
import { resolveTarget } from '../serving/endpoint/target';

export interface EndpointOptions {
  readonly endpoint?: string;
  readonly variant?: string;
  readonly rate: number;
}

/** Requests under way at once. */
const CONCURRENCY = 4;

/** Asks an endpoint for every row of the plan, `serving.batchRows` rows in one request. */
export async function askEndpoint(
  gates: Gates,
  { plan, decisions }: PreparedBehaviour,
  options: EndpointOptions,
): Promise<BehaviourAnswers> {
  const base = baseRows(plan);
  const parts = requestsOf([...base, ...namedProbes(plan)], gates.serving.batchRows);
  const target = await resolveTarget().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    const hint = 'an endpoint is asked with the region and the credentials that the AWS command line takes';
    throw new UsageError(`--endpoint ${options.endpoint}: ${why}: ${hint}`, { cause: error });
  });
  const client = new EndpointClient(target, { connections: CONCURRENCY });
  try {
    const requests = parts.map((part) => invocationOf(part, gates, options));
    const timed = await askAll(client, requests, { ratePerSecond: options.rate, concurrency: CONCURRENCY });
    const answers = parts.flatMap((part, i) => answersOf(part, timed[i], gates, decisions.classes));
    return { base: new Map(base.map(({ key }, i) => [key, answers[i]])), probes: answers.slice(base.length) };
  } finally {
    await client.close();
  }
}

function invocationOf(part: readonly GoldenRow[], { serving }: Gates, { endpoint = '', variant }: EndpointOptions) {
  const body = JSON.stringify({ [serving.fields.instances]: part.map(({ row }) => row) });
  return { endpoint, body, inferenceId: GOLDEN_INFERENCE, ...(variant === undefined ? {} : { variant }) };
}

/** Rows of a request that failed have no answer, and say why. */
function answersOf(
  part: readonly GoldenRow[],
  timed: Timed | undefined,
  { dataset: { task }, serving: { fields } }: Gates,
  classes: readonly string[],
): readonly Answer[] {
  if (timed === undefined) return part.map(() => undefined);
  const { outcome, milliseconds } = timed;
  const exchange: Exchange = {
    keys: part.map(({ key }) => key),
    milliseconds,
    outcome: isError(outcome)
      ? { kind: 'error', message: outcome.line }
      : { kind: 'answer', contentType: outcome.contentType, body: outcome.body.toString('utf8') },
  };
  const parsed = parseAnswer(exchange, { task, fields, ...(task === 'multiclass' ? { classes } : {}) });
  return 'problem' in parsed
    ? part.map(() => ({ problem: parsed.problem }))
    : parsed.rows.map(({ scores }) => ({ scores }));
}
