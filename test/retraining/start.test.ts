import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConflictException } from '@aws-sdk/client-codepipeline';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, InternalException, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { RetrainingDecision, RetrainingState } from '../../lib/core/retraining/state';
import type { Trigger } from '../../lib/core/retraining/trigger';
import { parseTrigger } from '../../lib/core/retraining/trigger-text';
import { awsEnvironment } from '../../lib/local/engine/aws';
import { LocalProcessHost } from '../../lib/local/engine/process-host';
import { type MotoServer, startMoto } from '../../lib/local/moto/moto';
import { type DecidedEvent, RETRAINING_ENV } from '../../lib/retraining/contract';
import { FakePipeline } from './pipeline-fixture';

jest.setTimeout(60_000);
jest.spyOn(console, 'info').mockImplementation(() => undefined);
const stateDir = mkdtempSync(join(tmpdir(), 'assay-triggers-'));
const processes = new LocalProcessHost();
const TABLE = 'retraining';
let moto: MotoServer;
let dynamodb: DynamoDBClient;
let documents: DynamoDBDocumentClient;
let handler: (event: unknown) => Promise<void>;
let pipeline: FakePipeline;
let told: RetrainingDecision[];
let busIsAway: boolean;

beforeAll(async () => {
  moto = await startMoto({ processes, venv: join(__dirname, '../../.venv'), stateDir, account: '123456789012' });
  Object.assign(process.env, awsEnvironment('us-east-1', moto.url), {
    [RETRAINING_ENV.application]: 'churn',
    [RETRAINING_ENV.table]: TABLE,
    [RETRAINING_ENV.pipelineName]: 'churn-release',
    [RETRAINING_ENV.policy]: JSON.stringify({ coolDownHours: 6, maxRunsPerDay: 6, settleMinutes: 15 }),
  });
  dynamodb = new DynamoDBClient({});
  documents = DynamoDBDocumentClient.from(dynamodb);
  // Its clients are made when it is loaded, and must find the emulator.
  ({ handler } = await import('../../lambda/retraining/start'));
});
afterAll(async () => {
  dynamodb.destroy();
  await moto.stop();
  await processes.close();
  rmSync(stateDir, { recursive: true });
});

beforeEach(async () => {
  await dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'item', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'item', KeyType: 'HASH' }],
    }),
  );
  pipeline = new FakePipeline();
  told = [];
  busIsAway = false;
  mockClient(EventBridgeClient)
    .on(PutEventsCommand)
    .callsFake(({ Entries }) => {
      if (busIsAway) throw new InternalException({ message: 'the bus is away', $metadata: {} });
      told.push(...Entries.map(({ Detail }: { Detail: string }) => JSON.parse(Detail)));
      return { FailedEntryCount: 0 };
    });
});
afterEach(async () => {
  await dynamodb.send(new DeleteTableCommand({ TableName: TABLE }));
});

const at = (minutes: number): string => new Date(Date.parse('2026-03-02T00:00:00Z') + minutes * 60_000).toISOString();
const requested = (key: string, minutes = 0, more: object = {}) => ({
  source: 'assay',
  'detail-type': 'Assay Retraining Requested',
  time: at(minutes),
  detail: { application: 'churn', kind: 'webhook', reason: `monitor ${key}`, at: at(minutes), key, ...more },
});
const uploaded = (key: string, minutes: number, size = 12, version = 'v1') => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: at(minutes),
  detail: { bucket: { name: 'golden' }, object: { key, size, 'version-id': version } },
});
const run = (id: string, state: string, minutes: number) => ({
  source: 'aws.codepipeline',
  'detail-type': 'CodePipeline Pipeline Execution State Change',
  time: at(minutes),
  detail: { pipeline: 'churn-release', 'execution-id': id, state },
});
const tick = (minutes: number) => ({ kind: 'tick', time: at(minutes) });

async function state(): Promise<RetrainingState> {
  const { Item } = await documents.send(new GetCommand({ TableName: TABLE, Key: { item: 'state' } }));
  return JSON.parse(Item?.state) as RetrainingState;
}
const triggers = (): Trigger[] =>
  pipeline.executions.map(({ trigger }) => parseTrigger(trigger, { commit: 'c', at: at(0) }));

async function finished(id: string, minutes: number, outcome = 'Succeeded'): Promise<void> {
  pipeline.end(id, outcome);
  await handler(run(id, outcome.toUpperCase(), minutes));
}

test('twenty requests with keys of their own in one second start one run, and none is lost', async () => {
  const events = Array.from({ length: 20 }, (_, i) => requested(`delivery-${i}`));
  await Promise.all(events.map((event) => handler(event)));
  expect(pipeline.executions).toHaveLength(1);
  const { runs, waiting, starting } = await state();
  expect(starting).toBeUndefined();
  expect(runs.map(({ id }) => id)).toEqual(['run-1']);
  expect(waiting.reduce((sum, { more }) => sum + 1 + more, 0)).toBe(19);
  const keys = await documents.send(new ScanCommand({ TableName: TABLE }));
  expect(keys.Count).toBe(21);
});

test('fifty deliveries of one request start one run, and nothing waits', async () => {
  await Promise.all(Array.from({ length: 50 }, () => handler(requested('delivery'))));
  expect(pipeline.executions).toHaveLength(1);
  expect(await state()).toMatchObject({ waiting: [], runs: [{ id: 'run-1' }] });
  expect(told.map(({ decision }) => decision)).toEqual(['started']);
});

test('what waited is answered by one run when the cool-down is over, and its trigger says what for', async () => {
  await handler(requested('a'));
  await handler(run('run-1', 'STARTED', 0));
  await handler(requested('b', 10));
  await handler({ kind: 'schedule', time: at(20), schedule: '0 6 ? * MON * UTC' });
  await finished('run-1', 60);
  await handler(tick(60 + 6 * 60 - 1));
  expect(pipeline.executions).toHaveLength(1);
  await handler(tick(60 + 6 * 60));
  expect(triggers()[1]).toEqual({
    kind: 'webhook',
    reason: 'monitor b',
    at: at(10),
    key: 'b',
    also: [{ kind: 'schedule', reason: 'schedule 0 6 ? * MON * UTC' }],
  });
  expect(told).toEqual([
    expect.objectContaining({ decision: 'started', runId: 'run-1', application: 'churn' }),
    expect.objectContaining({ decision: 'waits', reason: `run run-1 (webhook) is under way since ${at(0)}` }),
    expect.objectContaining({ decision: 'waits' }),
    // Now that the run has ended, it is known until when; this wakes the function up.
    expect.objectContaining({ decision: 'waits', until: new Date(at(60 + 6 * 60)).toISOString() }),
    expect.objectContaining({ decision: 'started', runId: 'run-2' }),
  ]);
});

test('uploads start one run when they have ceased; folders and other places start none', async () => {
  await handler(uploaded('landing/churn/', 0, 0));
  await handler(uploaded('datasets/churn/x.csv', 0));
  await handler(uploaded('landing/churn/a.csv', 1));
  await handler(uploaded('landing/churn/a.csv', 1));
  await handler(uploaded('landing/churn/a.csv', 10, 13, 'v2'));
  await handler(tick(20));
  expect(pipeline.executions).toHaveLength(0);
  await handler(tick(25));
  expect(triggers()).toMatchObject([
    {
      kind: 'new-data',
      reason: 'new data landing/churn/a.csv, 12 bytes (and 1 more)',
      key: 'golden/landing/churn/a.csv/v1',
    },
  ]);
});

test('a push holds triggers back, and what waits starts as soon as it has ended', async () => {
  const push = pipeline.run();
  await handler(run(push, 'STARTED', 0));
  await handler(requested('a', 1));
  expect(pipeline.executions).toHaveLength(1);
  await finished(push, 30);
  expect(triggers()).toMatchObject([{ kind: 'push' }, { kind: 'webhook' }]);
});

describe('interrupted', () => {
  const failure = new ConflictException({ message: 'try again', $metadata: {} });

  test('before the run was started: the next delivery, or the tick, starts it', async () => {
    pipeline.failures.push({ when: 'before', error: failure }, { when: 'before', error: failure });
    await expect(handler(requested('a'))).rejects.toThrow('try again');
    await handler(requested('b', 1));
    expect(pipeline.executions).toHaveLength(0);
    await expect(handler(requested('a'))).rejects.toThrow('try again');
    await handler(tick(15));
    expect(triggers()).toMatchObject([{ key: 'a' }]);
    expect(await state()).toMatchObject({ runs: [{ id: 'run-1' }], waiting: [{ trigger: { key: 'b' } }] });
  });

  test('after the run was started: it is found again, even when its token is forgotten', async () => {
    pipeline.failures.push({ when: 'after', error: failure });
    await expect(handler(requested('a'))).rejects.toThrow('try again');
    pipeline.forgetTokens();
    await handler(tick(15));
    expect(pipeline.executions).toHaveLength(1);
    expect(await state()).toMatchObject({ runs: [{ id: 'run-1', startedAt: at(0) }] });
    expect((await state()).starting).toBeUndefined();
  });

  test('the event of the start comes before it is written down: nothing is started or told twice', async () => {
    pipeline.failures.push({ when: 'after', error: failure });
    await expect(handler(requested('a'))).rejects.toThrow('try again');
    await handler(run('run-1', 'STARTED', 0));
    await handler(requested('a'));
    await handler(tick(15));
    expect(pipeline.executions).toHaveLength(1);
    expect(told.map(({ decision }) => decision)).toEqual(['started']);
  });
});

test('the first that is heard of a run is that it was superseded: its request is started again at once', async () => {
  pipeline.failures.push({ when: 'after', error: new ConflictException({ message: 'try again', $metadata: {} }) });
  await expect(handler(requested('a'))).rejects.toThrow('try again');
  await finished('run-1', 5, 'Superseded');
  expect(await state()).toMatchObject({ runs: [{ id: 'run-1', outcome: 'Superseded' }, { id: 'run-2' }], waiting: [] });
});

test('a decision that the bus did not take is told by the tick', async () => {
  busIsAway = true;
  await expect(handler(requested('a'))).rejects.toThrow('the bus is away');
  const [kept] = (await state()).untold ?? [];
  expect([kept?.decision, told]).toEqual(['started', []]);
  busIsAway = false;
  await handler(requested('a'));
  await handler(tick(15));
  await handler(tick(30));
  expect(told).toMatchObject([{ decision: 'started', runId: 'run-1', trigger: { key: 'a' } }]);
  expect((await state()).untold).toBeUndefined();
});

describe('events of runs that were lost', () => {
  test('the tick finds the end of a run, and starts what waited', async () => {
    const push = pipeline.run();
    await handler(run(push, 'STARTED', 0));
    await handler(requested('a', 1));
    pipeline.end(push, 'Failed');
    await handler(tick(15));
    expect((await state()).runs).toMatchObject([{ id: push, outcome: 'Failed', endedAt: at(15) }, { id: 'run-2' }]);
  });

  test('the tick finds runs that it was not told of', async () => {
    pipeline.run();
    await handler(tick(15));
    await handler(requested('a', 16));
    expect(pipeline.executions).toHaveLength(1);
  });

  test('a run that CodePipeline has forgotten no longer holds anything back, an hour later', async () => {
    await handler(run('gone', 'STARTED', 0));
    await handler(requested('a', 1));
    await handler(tick(45));
    expect(pipeline.executions).toHaveLength(0);
    await handler(tick(60));
    expect((await state()).runs).toMatchObject([{ id: 'gone', outcome: 'Lost' }, { id: 'run-1' }]);
  });
});

test('by hand with force skips the cool-down, without it does not', async () => {
  await handler(requested('a'));
  await finished('run-1', 5);
  await handler(requested('hand', 6, { kind: 'manual' }));
  expect(pipeline.executions).toHaveLength(1);
  await handler(requested('again', 7, { kind: 'manual', force: true }));
  expect(triggers()[1]).toMatchObject({ kind: 'manual', reason: 'monitor again', also: [{ kind: 'manual' }] });
});

test('a run that was superseded is started once more, and told of once more', async () => {
  await handler(requested('a'));
  await handler(run('run-1', 'STARTED', 0));
  await finished('run-1', 5, 'Superseded');
  expect(triggers()[1]).toMatchObject({ key: 'a', reason: 'again, as run run-1 was superseded: monitor a' });
  expect(told).toMatchObject([
    { decision: 'started', runId: 'run-1' },
    { decision: 'started', runId: 'run-2' },
  ]);
  expect(new Set(told.map((decision) => (decision as DecidedEvent).id)).size).toBe(2);
});

test('other requests that one names are cut, so that the state fits into its item', async () => {
  const push = pipeline.run();
  await handler(run(push, 'STARTED', 0));
  const also = [{ kind: 'drift', reason: 'r'.repeat(50_000), detail: 'd'.repeat(50_000) }];
  for (let i = 0; i < 5; i += 1) await handler(requested(`long-${i}`, 1, { also }));
  expect(JSON.stringify(await state()).length).toBeLessThan(5_000);
});

test('force is for people: of others it is ignored', async () => {
  await handler(requested('a'));
  await finished('run-1', 5);
  await handler(requested('b', 6, { force: true }));
  expect(pipeline.executions).toHaveLength(1);
});

test.each([
  [
    { ...requested('a'), detail: { kind: 'webhook' } },
    /the event's detail is no request for a run: \{"kind":"webhook"\}/,
  ],
  [{ kind: 'tick', time: 'soon' }, /unknown event/],
  [{ ...requested('a'), source: 'aws.ec2' }, /unknown event/],
  [{ ...uploaded('x', 0), detail: {} }, /is no upload/],
])('an event that nobody sends is an error, and goes to the queue of the undelivered: %#', async (event, message) => {
  await expect(handler(event)).rejects.toThrow(message);
});
