import type { Trigger } from '../retraining/trigger';
import type { WebhookPayload } from './payload';

export interface Delivered {
  /** `webhook-id`: repetitions of one delivery carry the same. */
  readonly id: string;
  readonly payload: WebhookPayload;
  /** Time of receipt, milliseconds since the epoch. */
  readonly at: number;
  /** ARN of who signed the request with IAM. @default - the source that the payload names */
  readonly caller?: string;
}

/** Features that a reason names; the rest is counted. */
const NAMED_FEATURES = 5;

/** The request for a run that a delivery stands for. */
export function webhookTrigger({ id, payload, at, caller }: Delivered): Trigger {
  const { source, metric, value, features } = payload;
  return {
    kind: 'webhook',
    reason: `${source}: ${metric} is ${value}${concerning(features)}`,
    at: new Date(at).toISOString(),
    key: `webhook:${id}`,
    by: caller ?? source,
  };
}

function concerning(features: readonly string[]): string {
  if (features.length === 0) return '';
  const named = features.slice(0, NAMED_FEATURES).join(', ');
  const rest = features.length - NAMED_FEATURES;
  return ` (${named}${rest > 0 ? ` and ${rest} more` : ''})`;
}
