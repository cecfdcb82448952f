import { randomBytes } from 'node:crypto';
import { deliveryId, readPayload, TOLERANCE_SECONDS, WEBHOOK_HEADERS } from '../../core/webhook';
import { UsageError } from '../../release/environment';
import { EXIT, Refused } from '../exit';
import { clientConfig, locateWebhook } from './location';
import { readKey, type SecretOptions } from './secret';
import { type Delivery, signWithIam, signWithSecret } from './sign';

export interface SendOptions extends SecretOptions {
  readonly source: string;
  readonly metric: string;
  readonly value: number;
  readonly feature: readonly string[];
  readonly url?: string;
  readonly iam?: true;
  readonly id?: string;
}

/** API Gateway gives up after 30 s. */
const LONGEST_WAIT_MS = 35_000;

interface Answer {
  readonly status: number;
  readonly text: string;
  /** The webhook's time, milliseconds since the epoch; NaN where it tells none. */
  readonly date: number;
}

/** `assay webhook send`. @returns 0 @throws Refused with the answer if it is no 202 */
export async function sendDelivery(options: SendOptions): Promise<number> {
  const delivery: Delivery = { url: await urlOf(options), id: idOf(options), body: bodyOf(options) };
  const { status, text } = await (options.iam === true
    ? sendWithIam(delivery, options)
    : sendSigned(delivery, options));
  if (status !== 202) throw new Refused(`the webhook answered ${status} to ${delivery.id}: ${messageOf(text)}`);
  const answer = { status, id: delivery.id, body: text };
  process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : `${status} ${text}\n`);
  return EXIT.pass;
}

const sendWithIam = async (delivery: Delivery, options: SendOptions): Promise<Answer> =>
  post(delivery, await signWithIam(delivery, clientConfig(options)));

/** Signs by this machine's clock and, where the webhook lives at another time, once more by the webhook's. */
async function sendSigned(delivery: Delivery, options: SendOptions): Promise<Answer> {
  const key = await readKey(options);
  const answer = await post(delivery, signWithSecret(delivery, key, Date.now()));
  const elsewhere = Math.abs(answer.date - Date.now()) > TOLERANCE_SECONDS * 1000;
  if (answer.status !== 401 || !elsewhere) return answer;
  return post(delivery, signWithSecret(delivery, key, answer.date));
}

async function urlOf(options: SendOptions): Promise<URL> {
  if (options.url === undefined) {
    const { url, iamUrl } = await locateWebhook(options);
    return new URL(options.iam === true ? iamUrl : url);
  }
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url !== undefined && secure) return url;
  throw new UsageError(`--url: is an https:// address; found "${options.url}"`);
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);

function idOf({ id = `msg_${randomBytes(18).toString('base64url')}` }: SendOptions): string {
  if (deliveryId({ [WEBHOOK_HEADERS.id]: id }) !== undefined) return id;
  throw new UsageError(`--id: has 1 to 128 visible characters, no comma and no full stop; found "${id}"`);
}

/** What the webhook would refuse is told before it is sent. */
function bodyOf({ source, metric, value, feature: features }: SendOptions): string {
  const body = JSON.stringify({ source, metric, value, features });
  const payload = readPayload(body);
  if ('invalid' in payload) throw new UsageError(payload.invalid);
  return body;
}

async function post({ url, body }: Delivery, headers: Readonly<Record<string, string>>): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
    const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const date = Date.parse(answer.headers.get('date') ?? '');
    return { status: answer.status, text: await answer.text(), date };
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Refused(`${url.origin} does not answer: ${cause instanceof Error ? cause.message : message}`);
  }
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}
