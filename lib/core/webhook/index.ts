export { inadmissible } from './admission';
export {
  deliveryId,
  type Envelope,
  type Headers,
  readEnvelope,
  signedPrefix,
  TOLERANCE_SECONDS,
  WEBHOOK_HEADERS,
} from './headers';
export { readPayload } from './payload';
export { acceptedKeys, SECRET_PREFIX, secretKey, type WebhookSecrets } from './secret';
export { webhookTrigger } from './trigger';
