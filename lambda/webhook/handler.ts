import type { HttpApiAnswer, HttpApiEvent } from '../../lib/webhook/contract';
import { unavailable } from './answers';
import { type Instance, startInstance } from './instance';
import { receive } from './receive';

/** A sender waits: better a 503 that it can repeat than an answer that comes too late. */
const CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_500, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
const RETRY_SECONDS = 5;

let instance: Instance | undefined;

/** Takes one delivery. Every answer is an HTTP answer; the log has one line for each, without secrets and bodies. */
export async function handler(event: HttpApiEvent): Promise<HttpApiAnswer> {
  instance ??= startInstance(CLIENT);
  const { answer, reason } = await receive(event, instance.ports, instance.settings).catch((error: unknown) =>
    // Messages of the SDK may quote what was sent.
    unavailable(RETRY_SECONDS, `AWS: ${error instanceof Error ? error.name : 'unknown error'}`),
  );
  const { routeKey: route, requestContext } = event;
  console.info({ route, requestId: requestContext.requestId, status: answer.statusCode, reason });
  return answer;
}
