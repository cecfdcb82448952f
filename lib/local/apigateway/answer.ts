import { isObject } from '../engine/json';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** What API Gateway itself says. */
const MESSAGES = {
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export function ownAnswer(status: keyof typeof MESSAGES): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ message: MESSAGES[status] })),
  };
}

/** The answer that a function's result stands for, payload format 2.0; one that stands for none is the function's fault. */
export function integrationAnswer(result: unknown): ApiAnswer {
  if (!isObject(result) || !('statusCode' in result)) return inferred(result);
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result;
  const status = Number(statusCode);
  const valid =
    Number.isInteger(status) && status >= 100 && status <= 599 && isObject(headers) && Array.isArray(cookies);
  if (!valid || typeof body !== 'string') return ownAnswer(500);
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(named),
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies.map(String) }),
    },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

/** A result without a status is the body of a success. */
function inferred(result: unknown): ApiAnswer {
  const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}
