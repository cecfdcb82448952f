import type { IncomingMessage } from 'node:http';

/** One request to an API as it came in. */
export interface ApiRequest {
  readonly id: string;
  readonly method: string;
  /** Without the query, as sent. */
  readonly path: string;
  /** Without the question mark, as sent. */
  readonly query: string;
  readonly protocol: string;
  readonly sourceIp: string;
  /** Names in lower case; values of a repeated header joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly time: Date;
}

/** Integration payloads of HTTP APIs end here. */
const MOST_BODY_BYTES = 10_000_000;

export class BodyTooLarge extends Error {}

/** Reads a request to its end. @throws BodyTooLarge */
export async function readRequest(incoming: IncomingMessage, id: string, time: Date): Promise<ApiRequest> {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  return {
    id,
    method: incoming.method ?? 'GET',
    path,
    query: query.join('?'),
    protocol: `HTTP/${incoming.httpVersion}`,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    headers: joinHeaders(incoming.rawHeaders),
    body: await readBody(incoming),
    time,
  };
}

/** Node drops some repeated headers and keeps lists of others; API Gateway joins all of them. */
function joinHeaders(raw: readonly string[]): Record<string, string> {
  const joined = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at]?.toLowerCase() ?? '', raw[at + 1] ?? ''];
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left early, the connection stays: the answer has to go out on it.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
