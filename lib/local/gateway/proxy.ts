import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { flatHeaders, readBody } from './message';
import type { Watch } from './service';

export interface ProxyOrder {
  /** Address of the emulator. */
  readonly url: string;
  /** Path with query; that of the incoming request unless it was rewritten. */
  readonly path: string;
  /** Takes part in the exchange: the answer is then read whole before the client gets it. */
  readonly watch?: Watch | undefined;
}

/** Streams one request to `url` and its answer back; the host header stays that of the gateway, as moto puts it into URLs. */
export function proxy(order: ProxyOrder, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { url, path, watch } = order;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent: Buffer[] = [];
    const options = { hostname, port, method: incoming.method, path, headers: requestHeaders(incoming), agent: false };
    const upstream = httpRequest(options, (answer) => {
      answer.on('error', reject);
      outgoing.on('finish', resolve);
      if (watch === undefined) {
        outgoing.writeHead(answer.statusCode ?? 502, answerHeaders(answer.headers));
        answer.pipe(outgoing);
      } else {
        watched(watch, answer, outgoing, sent).catch(reject);
      }
    });
    upstream.on('error', reject);
    outgoing.on('close', () => {
      upstream.destroy();
      resolve();
    });
    if (watch?.body === true) incoming.on('data', (chunk: Buffer) => sent.push(chunk));
    incoming.pipe(upstream);
  });
}

async function watched(watch: Watch, answer: IncomingMessage, outgoing: ServerResponse, sent: readonly Buffer[]) {
  const status = answer.statusCode ?? 502;
  const body = await readBody(answer);
  if (status >= 200 && status < 300)
    await watch.answered({ status, headers: flatHeaders(answer), body }, Buffer.concat(sent));
  outgoing.writeHead(status, answerHeaders(answer.headers));
  outgoing.end(body);
}

/** The gateway has already answered `Expect: 100-continue`; the other two belong to one connection. */
function requestHeaders({ headers }: IncomingMessage): IncomingHttpHeaders {
  const { expect: _expect, connection: _connection, 'keep-alive': _keepAlive, ...kept } = headers;
  return kept;
}

function answerHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _connection, 'keep-alive': _keepAlive, ...kept } = headers;
  return kept;
}
