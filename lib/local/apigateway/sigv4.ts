import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiRequest } from './request';

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const SERVICE = 'execute-api';
/** Seconds that a signature's time may be off. */
const TOLERANCE_SECONDS = 300;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
const DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Whether a request is signed with these keys, for API Gateway in this region, now, and as a whole.
 * Signature Version 4: AWS IAM User Guide, "Create a signed AWS API request".
 *
 * @param now real time: that is what signers go by
 */
export function isSigned(request: ApiRequest, keys: SigningKeys, region: string, now: Date): boolean {
  const { headers } = request;
  const [, accessKeyId, day = '', scopeRegion, service, names = '', signature = ''] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (accessKeyId !== keys.accessKeyId || scopeRegion !== region || service !== SERVICE) return false;
  const date = headers['x-amz-date'] ?? '';
  if (!isRecent(date, now) || !date.startsWith(day)) return false;
  const signed = names.split(';');
  if (!signed.includes('host') || !signed.includes('x-amz-date')) return false;
  const payload = sha256(request.body);
  if ((headers['x-amz-content-sha256'] ?? payload) !== payload) return false;
  const scope = `${day}/${region}/${SERVICE}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonicalRequest(request, signed, payload))].join('\n');
  const key = [day, region, SERVICE, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, 'hex'));
}

function isRecent(date: string, now: Date): boolean {
  const [, year, month, day, hour, minute, second] = DATE.exec(date) ?? [];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // Not `>`: a date that is none must not pass.
  return Math.abs(now.getTime() - at) <= TOLERANCE_SECONDS * 1000;
}

function canonicalRequest({ method, path, query, headers }: ApiRequest, signed: readonly string[], payload: string) {
  const lines = signed.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  const uri = path.split('/').map(encode).join('/');
  return [method, uri, canonicalQuery(query), lines.join(''), signed.join(';'), payload].join('\n');
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => [encode(name), encode(value)] as const);
  return pairs
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
