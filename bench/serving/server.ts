import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An endpoint that costs next to nothing: reads the request and answers 1 KB. Tells its port to the parent process. */
const ANSWER = Buffer.from(
  JSON.stringify({ predictions: [{ score: 0.25 }], filler: '' }).replace('""', `"${'x'.repeat(970)}"`),
);

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': ANSWER.length,
      'x-amzn-invoked-production-variant': 'blue',
    });
    response.end(ANSWER);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
