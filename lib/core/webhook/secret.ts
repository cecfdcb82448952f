/** In front of a secret as it is handed over. Senders and receivers may leave it away. */
export const SECRET_PREFIX = 'whsec_';

/** Bytes of a key; Standard Webhooks specification, "Signature scheme". */
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The key of a secret `whsec_<base64>` as base64, or undefined where it is none of 24 to 64 bytes. */
export function secretKey(secret: string): string | undefined {
  const text = secret.trim();
  const key = text.startsWith(SECRET_PREFIX) ? text.slice(SECRET_PREFIX.length) : text;
  const bytes = (key.length / 4) * 3 - (/=*$/.exec(key)?.[0].length ?? 0);
  return BASE64.test(key) && bytes >= FEWEST_BYTES && bytes <= MOST_BYTES ? key : undefined;
}

/** What Secrets Manager holds: the version AWSCURRENT, and AWSPREVIOUS after a rotation. */
export interface WebhookSecrets {
  readonly current: string;
  /** When the current one was made, milliseconds since the epoch: the previous one ends some time after it. */
  readonly currentSince: number;
  readonly previous?: string;
}

const HOUR_MS = 3_600_000;

/**
 * The keys that a signature may be made with.
 *
 * @param at milliseconds since the epoch
 * @param previousHours how long the previous secret goes on being valid after a rotation
 * @returns base64; nothing that is no key
 */
export function acceptedKeys(secrets: WebhookSecrets, at: number, previousHours: number): readonly string[] {
  const { current, currentSince, previous } = secrets;
  const overlap = at < currentSince + previousHours * HOUR_MS;
  const accepted = previous !== undefined && overlap ? [current, previous] : [current];
  return accepted.flatMap((secret) => secretKey(secret) ?? []);
}
