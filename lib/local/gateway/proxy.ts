import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** Streams one request to `url` and its answer back; the host header stays that of the gateway, as moto puts it into URLs. */
export function proxy(url: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    // The gateway has already answered `Expect: 100-continue`; the other two belong to one connection.
    const { expect: _expect, connection: _connection, 'keep-alive': _keepAlive, ...headers } = incoming.headers;
    const upstream = httpRequest(
      { hostname, port, method: incoming.method, path: incoming.url, headers, agent: false },
      (answer) => {
        const { connection: _close, 'keep-alive': _alive, ...answerHeaders } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, answerHeaders);
        answer.pipe(outgoing);
        answer.on('error', reject);
        outgoing.on('finish', resolve);
      },
    );
    upstream.on('error', reject);
    outgoing.on('close', () => {
      upstream.destroy();
      resolve();
    });
    incoming.pipe(upstream);
  });
}
