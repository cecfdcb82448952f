/** Headers of a delivery as Standard Webhooks names them. */
export const WEBHOOK_HEADERS = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

/** Header names in lower case; values of a repeated header are joined by commas, as API Gateway does. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** What a sender says about a delivery, well formed but not yet believed. */
export interface Envelope {
  readonly id: string;
  /** As sent, because it is part of what was signed. Seconds since the epoch. */
  readonly timestamp: string;
  /** Base64 of 32 bytes each; one of them has to be right. */
  readonly signatures: readonly string[];
}

/** Seconds that the signed time may lie from the time of receipt, in both directions. */
export const TOLERANCE_SECONDS = 300;

/** Senders that rotate their secret sign with both; more signatures than this are a way to make us work. */
const MOST_SIGNATURES = 8;

/**
 * Visible characters but comma and full stop. A comma joins repeated headers. A full stop would let one signature
 * stand for two deliveries, as the parts of the signed text are joined by it.
 */
const ID = /^[!-+\-/-~]{1,128}$/;
const TIMESTAMP = /^[1-9]\d{0,11}$/;
const SIGNATURE = /^([a-z0-9]{1,8}),([A-Za-z0-9+/=_-]{1,512})$/;
/** HMAC-SHA256 in base64. */
const V1 = /^[A-Za-z0-9+/]{43}=$/;

/** The id of a delivery, or undefined where it is missing, repeated or malformed. */
export function deliveryId(headers: Headers): string | undefined {
  const id = headers[WEBHOOK_HEADERS.id];
  return id !== undefined && ID.test(id) ? id : undefined;
}

/**
 * Reads the headers of a delivery and checks its time.
 *
 * Format and window: Standard Webhooks specification, "Webhook headers" and "Signature scheme"; `v1` is HMAC-SHA256,
 * other schemes are passed over.
 *
 * @param at time of receipt, milliseconds since the epoch
 * @returns the envelope, or why it is refused: for the log, never for the sender
 */
export function readEnvelope(headers: Headers, at: number): Envelope | { readonly refused: string } {
  const id = deliveryId(headers);
  if (id === undefined) return refuse(headers, 'id');
  const timestamp = headers[WEBHOOK_HEADERS.timestamp];
  if (timestamp === undefined || !TIMESTAMP.test(timestamp)) return refuse(headers, 'timestamp');
  const signatures = readSignatures(headers[WEBHOOK_HEADERS.signature] ?? '');
  if (signatures === undefined) return refuse(headers, 'signature');
  const age = at / 1000 - Number(timestamp);
  // Not `>`: a time of receipt that is no number must not pass.
  if (!(Math.abs(age) <= TOLERANCE_SECONDS)) {
    const distance = `${Math.round(Math.abs(age))} s ${age > 0 ? 'old' : 'ahead'}`;
    return { refused: `the signed time is ${distance}; ${TOLERANCE_SECONDS} s are allowed` };
  }
  return { id, timestamp, signatures };
}

/** Undefined unless every part is a signature and one of them is of a scheme that can be checked. */
function readSignatures(header: string): readonly string[] | undefined {
  const parts = header.split(' ');
  if (parts.length > MOST_SIGNATURES) return undefined;
  const v1: string[] = [];
  for (const part of parts) {
    const [, scheme, value = ''] = SIGNATURE.exec(part) ?? [];
    if (scheme === undefined || (scheme === 'v1' && !V1.test(value))) return undefined;
    if (scheme === 'v1') v1.push(value);
  }
  return v1.length === 0 ? undefined : v1;
}

function refuse(headers: Headers, header: keyof typeof WEBHOOK_HEADERS): { readonly refused: string } {
  const name = WEBHOOK_HEADERS[header];
  return { refused: headers[name] === undefined ? `${name} is missing` : `${name} is malformed or repeated` };
}

/** What is signed: the parts in front of the raw body. Standard Webhooks specification, "Signature scheme". */
export const signedPrefix = ({ id, timestamp }: Pick<Envelope, 'id' | 'timestamp'>): string => `${id}.${timestamp}.`;
