import { isObject } from '../engine/json';
import type { EngineContext } from '../engine/ports';
import { sendMessage } from './services';

/** How long an event is tried again. */
export interface RetryPolicy {
  /** After the first attempt. */
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeInSeconds: number;
}

/** What EventBridge does unless told otherwise: 185 more attempts within a day. */
const DEFAULT_RETRY: RetryPolicy = { maximumRetryAttempts: 185, maximumEventAgeInSeconds: 86_400 };

/** Reads `RetryPolicy` of a target; what it leaves out is as EventBridge does it. */
export function retryPolicy(policy: unknown): RetryPolicy {
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = isObject(policy) ? policy : {};
  return {
    maximumRetryAttempts: Number(MaximumRetryAttempts ?? DEFAULT_RETRY.maximumRetryAttempts),
    maximumEventAgeInSeconds: Number(MaximumEventAgeInSeconds ?? DEFAULT_RETRY.maximumEventAgeInSeconds),
  };
}

/** Where an event goes that cannot be delivered. */
export interface DeadLetter {
  /** ARN of an SQS queue. */
  readonly queue: string;
  readonly body: string;
  /** Message attributes besides those that tell the error. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface DeliveryOrder {
  /** @param attempt from 1 */
  readonly attempt: (attempt: number) => Promise<unknown>;
  readonly retry: RetryPolicy;
  readonly deadLetter?: DeadLetter;
}

/** What deliveries need of the engine. */
export type DeliveryPlace = Pick<EngineContext, 'region' | 'account' | 'endpointUrl' | 'clock'>;

const LONGEST_WAIT_SECONDS = 600;

/**
 * Delivers as EventBridge does: what may pass is tried again, waiting twice as long each time; what cannot be delivered
 * goes to the dead-letter queue. Waits are those of the engine's clock, so that the time scale shortens them.
 */
export class Redelivery {
  readonly #closing = new AbortController();

  constructor(private readonly place: DeliveryPlace) {}

  /** @throws the last attempt's error, after the event was put into the dead-letter queue if there is one */
  async deliver({ attempt, retry, deadLetter }: DeliveryOrder): Promise<void> {
    let age = 0;
    for (let retries = 0; ; retries += 1) {
      try {
        await attempt(retries + 1);
        return;
      } catch (error) {
        const wait = Math.min(2 ** retries, LONGEST_WAIT_SECONDS);
        const exhausted = exhaustion(error, retries, age + wait, retry);
        if (exhausted !== undefined || this.#closing.signal.aborted) {
          if (deadLetter !== undefined) await this.#bury(deadLetter, error as Error, retries, exhausted ?? '');
          throw error;
        }
        age += wait;
        await this.place.clock.sleep(wait, this.#closing.signal).catch(() => undefined);
      }
    }
  }

  /** Ends the waits: what cannot be delivered at once then is given up. */
  close(): void {
    this.#closing.abort(new Error('The engine is stopping.'));
  }

  async #bury({ queue, body, attributes }: DeadLetter, error: Error, retries: number, exhausted: string) {
    await sendMessage(this.place, queue, body, {
      ...attributes,
      ERROR_CODE: error.name,
      ERROR_MESSAGE: error.message,
      RETRY_ATTEMPTS: String(retries),
      ...(exhausted !== '' && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    });
  }
}

/** Why there is no further attempt; empty where the error would be the same again; undefined if there is one. */
function exhaustion(error: unknown, retries: number, age: number, policy: RetryPolicy): string | undefined {
  if (!mayPass(error)) return '';
  if (retries >= policy.maximumRetryAttempts) return 'MaximumRetryAttempts';
  return age > policy.maximumEventAgeInSeconds ? 'MaximumEventAgeInSeconds' : undefined;
}

/** Throttling, faults and lost connections; a target that is gone or an input that is refused stays so. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (/fetch failed|ECONNREFUSED|ECONNRESET|socket hang up/.test(error.message)) return true;
  const status = statusOf(error);
  return status !== undefined && (status >= 500 || status === 429 || THROTTLED.test(error.name));
}

const THROTTLED = /Throttl|LimitExceeded|TooManyRequests/;

/** HTTP status of an error of the engine's services, or of the SDK. */
function statusOf(error: Error): number | undefined {
  if ('status' in error && typeof error.status === 'number') return error.status;
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  return isObject(metadata) && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
