import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { sendProbes } from '../../lambda/rollout/probes';
import { RunDocuments } from '../../lambda/shared/run-documents';
import type { ProbeTally } from '../../lib/core/rollout/probes';
import { RELEASE } from '../lambda/documents';

type Row = Readonly<Record<string, unknown>>;
type Answer = (row: Row) => { readonly status: number; readonly body: unknown; readonly type?: string };

const says = (score: number): ReturnType<Answer> => ({ status: 200, body: { predictions: [{ score }] } });
const right: Answer = ({ x }) => says(Number(x));
const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

/** An endpoint with two variants, over the wire. */
let variants: Readonly<Record<string, Answer>>;
let asked: { variant: string; row: Row }[];
let server: Server;

beforeAll(() => {
  server = createServer(async (request, response) => {
    const { instances } = (await json(request)) as { instances: readonly Row[] };
    const variant = String(request.headers['x-amzn-sagemaker-target-variant']);
    const [row = {}] = instances;
    asked.push({ variant, row });
    const { status, body, type } = (variants[variant] ?? right)(row);
    const error = type === undefined ? {} : { 'x-amzn-errortype': type };
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-invoked-production-variant': variant,
      ...error,
    });
    response.end(JSON.stringify(body));
  }).listen(0);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: `http://localhost:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let runs = 0;
let documents: RunDocuments;
/** Twenty golden rows, whose `x` is what the tested release says. */
const golden = Array.from({ length: 20 }, (_, i) => ({ id: `C-${i}`, x: i / 20 }));
const FILES: Readonly<Record<string, string>> = {
  'release.json': JSON.stringify(RELEASE),
  'transform/holdout.jsonl': lines(golden),
  'predictions/challenger/holdout.jsonl.out': lines(
    golden.map((row) => ({ ...row, SageMakerOutput: { score: row.x } })),
  ),
};
const s3 = mockClient(S3Client);

beforeEach(() => {
  asked = [];
  variants = {};
  // What a warm function keeps is kept by run.
  runs += 1;
  documents = new RunDocuments('artifacts', `run-${runs}`);
  s3.reset();
  s3.on(GetObjectCommand).callsFake(({ Key }: { Key: string }) => {
    const body = FILES[Key.replace(/^runs\/[^/]+\//, '')] ?? '';
    return { Body: sdkStreamMixin(Readable.from([body])) };
  });
});
afterAll(() => s3.restore());

const send = (pairs: number, tally?: ProbeTally, step = 0) =>
  sendProbes({
    documents,
    endpoint: 'churn-production',
    green: 'green',
    blue: 'blue',
    step,
    pairs,
    ratePerSecond: 100,
    maxPredictionShift: 0.2,
    tally,
  });

test('the same golden rows go to both, in an order that is always the same, and go on where they stopped', async () => {
  const first = await send(5);
  expect(first).toMatchObject({ stepPairs: 5, taken: 5, rows: 20, answers: { requests: 5, events: 0 }, skewed: 0 });
  const keysOf = (variant: string) => asked.filter((one) => one.variant === variant).map(({ row }) => row.id);
  expect(new Set(keysOf('green'))).toEqual(new Set(keysOf('blue')));
  const before = keysOf('green');
  const second = await send(15, first);
  expect(second).toMatchObject({ stepPairs: 20, taken: 20 });
  expect(new Set(keysOf('green')).size).toBe(20);
  asked = [];
  await send(5);
  expect(new Set(keysOf('green'))).toEqual(new Set(before));
});

test('a green with valid answers that are shifted is told from the tested release and from blue', async () => {
  variants = { green: ({ x }) => says(Math.min(1, Number(x) + 0.3)) };
  const tally = await send(20);
  expect(tally.answers).toEqual({ requests: 20, events: 0 });
  expect(tally.skewed).toBeGreaterThan(15);
  expect(tally.skew).toMatch(/^row C-\d+: the endpoint says [\d.]+, the batch prediction [\d.]+$/);
  expect(tally.shift.green).not.toEqual(tally.shift.blue);
});

test('a green that answers nonsense is counted, an error of the model is left to the metrics', async () => {
  variants = { green: () => ({ status: 200, body: { predictions: [] } }) };
  expect(await send(3)).toMatchObject({
    answers: { requests: 3, events: 3 },
    broken: expect.stringMatching(/has 0 predictions/),
  });
  const failed = { message: 'Received server error', OriginalStatusCode: 500, OriginalMessage: 'KeyError' };
  variants = { green: () => ({ status: 424, type: 'ModelError', body: failed }) };
  const tally = await send(3);
  expect(tally).toMatchObject({ stepPairs: 3, answers: { requests: 0, events: 0 } });
  expect(tally.unsent).toBeUndefined();
});

test('what was refused before it reached the model is missing evidence, and is not tried again at once', async () => {
  const refused = { message: 'Rate exceeded' };
  variants = { blue: () => ({ status: 429, type: 'ThrottlingException', body: refused }) };
  const tally = await send(4);
  expect(tally).toMatchObject({ stepPairs: 0, taken: 4, unsent: 'ThrottlingException: Rate exceeded' });
  expect(asked.filter(({ variant }) => variant === 'blue')).toHaveLength(4);
});

test('golden rows that cannot be read are missing evidence, never an error, and are read when they are there', async () => {
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} }));
  const tally = await send(4);
  expect(tally).toMatchObject({ stepPairs: 0, rows: 0 });
  expect(tally.unsent).toMatch(/release\.json does not exist/);
  s3.on(GetObjectCommand).callsFake(({ Key }: { Key: string }) => ({
    Body: sdkStreamMixin(Readable.from([FILES[Key.replace(/^runs\/[^/]+\//, '')] ?? ''])),
  }));
  expect(await send(4, tally)).toMatchObject({ stepPairs: 4, rows: 20, shift: { green: expect.any(Array) } });
});

test('none are sent when none are wanted', async () => {
  const tally = await send(0, await send(2), 1);
  expect(tally).toMatchObject({ step: 1, stepPairs: 0, taken: 2 });
  expect(asked).toHaveLength(4);
});
