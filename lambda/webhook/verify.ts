import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Envelope, signedPrefix } from '../../lib/core/webhook';

/**
 * HMAC-SHA256 over `id.timestamp.body`, the body as raw bytes. Standard Webhooks specification, "Signature scheme".
 *
 * @param key base64
 * @returns 32 bytes
 */
export function signatureOf(key: string, envelope: Pick<Envelope, 'id' | 'timestamp'>, body: Uint8Array): Buffer {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(signedPrefix(envelope)).update(body).digest();
}

/**
 * Whether one of the signatures was made with one of the keys. Every pair is compared, in constant time: how long it
 * takes tells neither which was right nor how much of one.
 */
export function isAuthentic(envelope: Envelope, body: Uint8Array, keys: readonly string[]): boolean {
  const given = envelope.signatures.map((signature) => Buffer.from(signature, 'base64'));
  let right = 0;
  for (const key of keys) {
    const expected = signatureOf(key, envelope, body);
    for (const signature of given) {
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) right += 1;
    }
  }
  return right > 0;
}
