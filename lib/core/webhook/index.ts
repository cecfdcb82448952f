export { type Inadmissible, inadmissible } from './admission';
export {
  deliveryId,
  type Envelope,
  type Headers,
  readEnvelope,
  signedPrefix,
  TOLERANCE_SECONDS,
  WEBHOOK_HEADERS,
} from './headers';
export { readPayload, type WebhookPayload } from './payload';
export { acceptedKeys, SECRET_PREFIX, secretKey, type WebhookSecrets } from './secret';
export { type Delivered, webhookTrigger } from './trigger';
