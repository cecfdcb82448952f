import {
  acceptedKeys,
  deliveryId,
  type Headers,
  inadmissible,
  readEnvelope,
  readPayload,
  WEBHOOK_HEADERS,
  type WebhookSecrets,
  webhookTrigger,
} from '../../lib/core/webhook';
import type { RetrainingEvent } from '../../lib/retraining/contract';
import { type HttpApiEvent, WEBHOOK_PATHS } from '../../lib/webhook/contract';
import { accepted, type Outcome, refused, unauthorized, unavailable } from './answers';
import type { Claim } from './deliveries';
import { isAuthentic } from './verify';

/** What a delivery needs of AWS. */
export interface WebhookPorts {
  readonly secrets: {
    read(at: number): Promise<WebhookSecrets>;
    readAgain(at: number): Promise<WebhookSecrets>;
  };
  readonly deliveries: {
    claim(id: string, body: Uint8Array, at: number): Promise<Claim>;
    published(id: string): Promise<void>;
    giveBack(id: string): Promise<void>;
  };
  publish(event: RetrainingEvent): Promise<void>;
  pause(ms: number): Promise<void>;
}

export interface WebhookSettings {
  readonly application: string;
  readonly maxBodyBytes: number;
  readonly previousSecretHours: number;
}

interface Sender {
  readonly id: string;
  /** ARN of who signed with IAM. */
  readonly caller?: string;
}

/** Waits for the invocation that is at the same delivery, ms. Together shorter than senders are patient. */
const WAITS = [100, 200, 400, 800, 1600];
const RETRY_SECONDS = 5;

/** Decides one request: who sent it, what it says, and whether it was here before. @throws errors of the ports */
export async function receive(event: HttpApiEvent, ports: WebhookPorts, settings: WebhookSettings): Promise<Outcome> {
  const { headers = {}, requestContext } = event;
  const { body: text = '', isBase64Encoded } = event;
  const encoding = isBase64Encoded ? 'base64' : 'utf8';
  const problem = inadmissible(headers, Buffer.byteLength(text, encoding), settings.maxBodyBytes);
  if (problem !== undefined) return refused(problem.status, problem.message);
  const body = Buffer.from(text, encoding);
  const sender = await identify(event, headers, body, ports, settings);
  if ('answer' in sender) return sender;
  const json = decode(body);
  if (json === undefined) return refused(400, 'the body is not UTF-8');
  const payload = readPayload(json);
  // What is wrong with it may quote the body, which is the sender's to see and not the log's.
  if ('invalid' in payload) return refused(400, payload.invalid, 'the payload is invalid');
  const at = requestContext.timeEpoch;
  const trigger = webhookTrigger({ ...sender, payload, at });
  return deliver(sender.id, body, at, { ...trigger, application: settings.application }, ports);
}

function identify(
  event: HttpApiEvent,
  headers: Headers,
  body: Uint8Array,
  ports: WebhookPorts,
  settings: WebhookSettings,
): Promise<Sender | Outcome> | Sender | Outcome {
  if (event.routeKey === `POST ${WEBHOOK_PATHS.signed}`) return signedBy(event, headers, body, ports, settings);
  if (event.routeKey !== `POST ${WEBHOOK_PATHS.iam}`) return refused(404, 'Not Found');
  // API Gateway let the caller in; without its word on who that was, nobody did.
  const caller = event.requestContext.authorizer?.iam?.userArn;
  if (caller === undefined) return unauthorized('the authorizer names no caller');
  const id = deliveryId(headers);
  if (id !== undefined) return { id, caller };
  return refused(
    400,
    `the header ${WEBHOOK_HEADERS.id} is needed, once: 1 to 128 visible characters, no comma, no full stop`,
  );
}

async function signedBy(
  { requestContext: { timeEpoch } }: HttpApiEvent,
  headers: Headers,
  body: Uint8Array,
  { secrets }: WebhookPorts,
  { previousSecretHours }: WebhookSettings,
): Promise<Sender | Outcome> {
  const envelope = readEnvelope(headers, timeEpoch);
  if ('refused' in envelope) return unauthorized(envelope.refused);
  const fits = (known: WebhookSecrets) =>
    isAuthentic(envelope, body, acceptedKeys(known, timeEpoch, previousSecretHours));
  if (fits(await secrets.read(timeEpoch)) || fits(await secrets.readAgain(timeEpoch))) return { id: envelope.id };
  return unauthorized('no signature fits');
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Publishes a delivery unless that was done. 202 means that it was: the sender need not try again. */
async function deliver(
  id: string,
  body: Uint8Array,
  at: number,
  event: RetrainingEvent,
  { deliveries, publish, pause }: WebhookPorts,
): Promise<Outcome> {
  let claim = await deliveries.claim(id, body, at);
  for (let look = 0; claim === 'taken' && look < WAITS.length; look += 1) {
    await pause(WAITS[look] ?? 0);
    claim = await deliveries.claim(id, body, at);
  }
  if (claim === 'published') return accepted(id, 'repeated');
  if (claim === 'differs') return refused(409, `another body was delivered with this ${WEBHOOK_HEADERS.id} before`);
  if (claim === 'taken') return unavailable(RETRY_SECONDS, 'another invocation is at this delivery');
  try {
    await publish(event);
  } catch (error) {
    // If this fails, too, the lease ends.
    await deliveries.giveBack(id).catch(() => undefined);
    throw error;
  }
  await deliveries.published(id);
  return accepted(id, 'published');
}
