import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Callers } from '../../../lib/cli/run/callers';
import { resolveTarget } from '../../../lib/serving/endpoint/target';

const folder = mkdtempSync(join(tmpdir(), 'assay-callers-'));
let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A SageMaker runtime whose answers the test decides on. */
async function start(answer: (number: number, response: ServerResponse, body: string) => void) {
  let number = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => answer(number++, response, Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  return resolveTarget({ endpoint, region: 'us-east-1', credentials });
}

const good = (response: ServerResponse, variant: string) =>
  response.writeHead(200, { 'x-amzn-invoked-production-variant': variant }).end('{}');

const logFile = join(folder, 'run', 'requests.jsonl');
const common = { endpointName: 'live', logFile, bodies: ['1', '2', '3'], weights: async () => ({ blue: 100 }) };

test('a stream at its rate: every request is sent once, in turn, and written down with what came of it', async () => {
  const bodies: string[] = [];
  const target = await start((number, response, body) => {
    bodies.push(body);
    if (number === 1) {
      const LogStreamArn = 'arn:aws:logs:r:1:log-group:/aws/sagemaker/Endpoints/live:log-stream:green/i-1';
      response.writeHead(424, { 'x-amzn-errortype': 'ModelError' });
      response.end(JSON.stringify({ message: 'no', OriginalStatusCode: 500, LogStreamArn }));
    } else if (number === 2) response.destroy();
    else good(response, 'blue');
  });
  const callers = new Callers({ ...common, target, requestsPerSecond: 100 });
  await callers.start();
  await new Promise((done) => setTimeout(done, 500));
  const { summary, requests } = await callers.stop();
  expect(summary.sent).toBeGreaterThan(20);
  expect(summary.sent).toBe(bodies.length);
  expect(summary).toMatchObject({ failedByModel: { green: 1 }, lost: 1, answered: summary.sent - 2 });
  expect(summary.weights).toEqual([{ at: expect.any(Number), weights: { blue: 100 } }]);
  // In turn, though on a busy machine they may arrive out of it.
  const turns = common.bodies.map((body) => bodies.filter((each) => each === body).length);
  expect(turns).toEqual(common.bodies.map((_, i) => Math.ceil((bodies.length - i) / common.bodies.length)));
  expect(requests.map(({ at }) => at).sort((a, b) => a - b)).toEqual(requests.map((_, i) => i * 10));
  const [head, ...lines] = readFileSync(logFile, 'utf8').trim().split('\n');
  expect(JSON.parse(head ?? '')).toMatchObject({ schema: 'assay.requests/1', endpointName: 'live' });
  expect(lines).toHaveLength(summary.sent);
  expect(lines.filter((line) => line.includes('"error":"ModelError"'))).toHaveLength(1);
});

test('while the endpoint stalls the stream goes on, and the stall is in the latency of all that it met', async () => {
  const held: ServerResponse[] = [];
  const target = await start((_, response) => held.push(response));
  const callers = new Callers({ ...common, target, requestsPerSecond: 50 });
  await callers.start();
  await new Promise((done) => setTimeout(done, 400));
  expect(held.length).toBeGreaterThan(10);
  const answerAll = () => {
    for (const response of held.splice(0)) good(response, 'blue');
  };
  answerAll();
  const ended = callers.stop();
  const drain = setInterval(answerAll, 5);
  const { summary, requests } = await ended;
  clearInterval(drain);
  expect(summary).toMatchObject({ lost: 0, failedByModel: {} });
  const first = requests.find(({ at }) => at === 0);
  expect(first?.milliseconds).toBeGreaterThan(390);
});
