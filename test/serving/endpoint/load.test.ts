import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askAll } from '../../../lib/serving/endpoint/ask';
import { EndpointClient, isError } from '../../../lib/serving/endpoint/client';
import { keepBusy, oneByOne, openLoop } from '../../../lib/serving/endpoint/load';
import { resolveTarget } from '../../../lib/serving/endpoint/target';

let server: Server;
let client: EndpointClient;
let arrivals: number[] = [];
let underWay = 0;
let mostUnderWay = 0;
let answer: (response: ServerResponse, index: number) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      response.on('finish', () => {
        underWay -= 1;
      });
      answer(response, arrivals.push(performance.now()) - 1);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const target = await resolveTarget({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  client = new EndpointClient(target, { connections: 8 });
});
beforeEach(() => {
  arrivals = [];
  mostUnderWay = 0;
});
afterAll(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const requests = (index: number) => ({ endpoint: 'e', body: String(index) });
const later = () => Date.now() + 60_000;
const fine = (response: ServerResponse): unknown => response.writeHead(200).end('{}');
const fails = (response: ServerResponse): unknown => response.writeHead(400).end('{"message":"no"}');

test('one by one: never two at once, as many as asked for', async () => {
  answer = fine;
  const timed = await oneByOne(client, requests, { requests: 120, deadline: later() });
  expect(timed).toHaveLength(120);
  expect(mostUnderWay).toBe(1);
  expect(timed.every(({ outcome, milliseconds }) => !isError(outcome) && milliseconds > 0)).toBe(true);
});

test('nothing is sent after the deadline, and not on and on to an endpoint that keeps failing', async () => {
  answer = fine;
  expect(await oneByOne(client, requests, { requests: 9, deadline: Date.now() })).toEqual([]);
  expect(await openLoop(client, requests, { requests: 9, deadline: Date.now(), ratePerSecond: 100 })).toEqual([]);
  expect((await keepBusy(client, requests, { concurrency: 2, seconds: 9, deadline: Date.now() })).timed).toEqual([]);
  answer = fails;
  expect(await oneByOne(client, requests, { requests: 100, deadline: later() })).toHaveLength(5);
  const open = await openLoop(client, requests, { requests: 1000, deadline: later(), ratePerSecond: 500 });
  expect(open.length).toBeLessThan(100);
});

test('an open loop times a stall for every request that meets it', async () => {
  // The first answer is late by 300 ms and holds all others back, as a model with one worker does.
  const waiting: ServerResponse[] = [];
  let stalled = true;
  answer = (response, index) => {
    if (index === 0) {
      setTimeout(() => {
        stalled = false;
        for (const each of [response, ...waiting]) fine(each);
      }, 300);
    } else if (stalled) waiting.push(response);
    else fine(response);
  };
  const timed = await openLoop(client, requests, { requests: 60, deadline: later(), ratePerSecond: 100 });
  expect(timed).toHaveLength(60);
  const slow = timed.filter(({ milliseconds }) => milliseconds > 50).length;
  // 30 requests were due in 300 ms; the last of them waited for less than 50 ms. One request after the other would see one.
  expect(slow).toBeGreaterThanOrEqual(20);
});

test('a busy endpoint has as many requests under way as asked for', async () => {
  answer = (response) => setTimeout(() => fine(response), 5);
  const load = await keepBusy(client, requests, { concurrency: 3, seconds: 0.3, deadline: later() });
  expect(mostUnderWay).toBe(3);
  expect(load.seconds).toBeGreaterThanOrEqual(0.3);
  expect(load.timed.length).toBe(arrivals.length);
});

describe('asking for every answer', () => {
  const bodies = Array.from({ length: 12 }, (_, i) => requests(i));

  test('keeps the order and the rate', async () => {
    answer = fine;
    const answers = await askAll(client, bodies, { ratePerSecond: 100, concurrency: 4 });
    expect(answers).toHaveLength(12);
    // Eleven gaps of 10 ms; timers may fire a millisecond early.
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(90);
  });

  test('asks again where that may help, and only there', async () => {
    answer = (response, index) => (index < 2 ? response.writeHead(503).end('busy') : fine(response));
    const again = await askAll(client, bodies.slice(0, 1), { ratePerSecond: 1000, concurrency: 1, backoffMs: 1 });
    expect([arrivals.length, isError(again[0]?.outcome ?? ({} as never))]).toEqual([3, false]);
    arrivals = [];
    answer = fails;
    const refused = await askAll(client, bodies.slice(0, 1), { ratePerSecond: 1000, concurrency: 1, backoffMs: 1 });
    expect([arrivals.length, refused[0]?.outcome]).toEqual([1, expect.objectContaining({ status: 400 })]);
  });
});
