import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { MonitorMemory } from '../../lambda/monitoring/monitor-memory';
import { checkDrift, type Watch } from '../../lambda/monitoring/watch';
import { RunDocuments } from '../../lambda/shared/run-documents';
import type { MonitorState } from '../../lib/core/monitoring/state';
import type { Report } from '../../lib/core/report/report';
import type { ReleaseHistory } from '../../lib/core/rollout/releases';
import { driftItem } from '../../lib/monitoring/drift-contract';
import { release } from '../rollout/run-fixture';
import { type Moto, startMoto } from '../support/moto';
import { baseline, captureLines, fileLines, GATES } from './drift-fixture';
import { deploy, ENDPOINT, MONITORING, put } from './quality-fixture';

// The emulator answers slowly beside other tests.
jest.setTimeout(60_000);

const ARTIFACTS = 'artifacts';
const DATASET = { name: 'churn', version: '1', digest: 'sha256:0', holdout: { rows: 1 } };
let moto: Moto;
let dynamodb: DynamoDBClient;
let history: ReleaseHistory;
const events = mockClient(EventBridgeClient);

beforeAll(async () => {
  moto = await startMoto();
  dynamodb = new DynamoDBClient({});
});

afterAll(async () => {
  dynamodb.destroy();
  await moto.stop();
});

beforeEach(async () => {
  await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
  events.reset();
  events.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  await deploy(moto, GATES, [1, 2]);
  for (const version of [1, 2]) {
    await put(moto, ARTIFACTS, `runs/run-${version}/baseline.json`, JSON.stringify(baseline()));
    const document = { runId: `run-${version}`, gates: GATES, dataset: DATASET };
    await put(moto, ARTIFACTS, `runs/run-${version}/release.json`, JSON.stringify(document));
  }
  history = { releases: [release(1, '2026-10-01T00:00:00.000Z')], rollbacks: [] };
});

const watch = (more: Partial<Watch> = {}): Watch => ({
  application: 'churn',
  endpoint: ENDPOINT,
  bucket: MONITORING,
  s3: moto.s3,
  cloudwatch: new CloudWatchClient({}),
  events: new EventBridgeClient({}),
  memory: new MonitorMemory<MonitorState>(DynamoDBDocumentClient.from(dynamodb), 'retraining', driftItem(ENDPOINT)),
  history: async () => history,
  documents: (runId) => new RunDocuments(ARTIFACTS, runId, moto.s3),
  ...more,
});
const reportOf = async (uri = ''): Promise<Report> => {
  const Key = uri.slice(`s3://${MONITORING}/`.length);
  const { Body } = await moto.s3.send(new GetObjectCommand({ Bucket: MONITORING, Key }));
  return JSON.parse((await Body?.transformToString()) ?? '') as Report;
};
const details = () =>
  events
    .commandCalls(PutEventsCommand)
    .map(({ args }) => JSON.parse(args[0].input.Entries?.[0]?.Detail ?? '') as Record<string, unknown>);
const capturesCheck = (report: Report) => report.checks.find(({ id }) => id === 'captures.readable');

/** Six hours of traffic of release 1, from this hour of the first day on. */
const traffic = (hour: number, shift = 0, count = 400) => {
  const at = (h: number) => new Date(Date.UTC(2026, 9, 1, h)).toISOString();
  const lines = captureLines({ seed: hour + 1, count, from: at(hour), to: at(hour + 6), shift });
  return fileLines(moto, 'blue=1/green=none', 'blue', lines);
};
const at = (hour: number): string => new Date(Date.UTC(2026, 9, 1, hour)).toISOString();

test('steady traffic is conclusive and asks for nothing; a shift that stays asks for one run', async () => {
  for (const [i, shift] of [0, 1, 1, 1].entries()) await traffic(6 * i, shift);
  const results = [];
  for (const hour of [6, 12, 18, 24]) results.push(await checkDrift(watch(), at(hour)));
  expect(results.map(({ outcome }) => outcome)).toEqual(['stable', 'drifted', 'drifted', 'drifted']);
  const key = `drift#${ENDPOINT}#1#2026-10-01T17:50:00.000Z`;
  expect(results.map(({ event }) => event)).toEqual([undefined, undefined, key, undefined]);
  expect(details()).toEqual([
    expect.objectContaining({
      application: 'churn',
      kind: 'drift',
      key,
      at: at(18),
      endpoint: ENDPOINT,
      release: '1',
      report: `s3://${MONITORING}/drift/${ENDPOINT}/2026-10-01T17:50:00.000Z.json`,
      reason: expect.stringMatching(/^(spend|prediction\.score): PSI is [\d.]+, above 0\.2; .* and 1 more column$/),
    }),
  ]);
  const report = await reportOf(results[2]?.report);
  expect(report.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)).toEqual([
    'drift.spend',
    'drift.prediction.score',
  ]);
  const { Metrics = [] } = await new CloudWatchClient({}).send(new ListMetricsCommand({ Namespace: 'Assay/Drift' }));
  const features = Metrics.flatMap(({ Dimensions = [] }) => Dimensions.filter(({ Name }) => Name === 'Feature'));
  expect(new Set(features.map(({ Value }) => Value))).toEqual(new Set(['spend', 'plan', 'prediction.score']));
});

test('too few rows tell nothing: the window goes on until there are enough', async () => {
  await traffic(0, 0, 60);
  await traffic(6, 0, 60);
  const first = await checkDrift(watch(), at(6));
  expect(first).toMatchObject({ outcome: 'inconclusive', reason: '59 captured rows; 100 are needed' });
  const second = await checkDrift(watch(), at(12));
  expect(second.outcome).toBe('stable');
  expect(capturesCheck(await reportOf(second.report))?.evidence).toMatchObject({ rows: 119, requests: 119 });
});

test('lines that are damaged, own, of another release or of another time do not count, and the rest does', async () => {
  const lines = captureLines({ seed: 3, count: 400, from: at(0), to: at(1) });
  const own = captureLines({ seed: 4, count: 50, from: at(0), to: at(1), shift: 5, inferenceId: 'assay-golden' });
  await fileLines(moto, 'blue=1/green=none', 'blue', [...lines, [new Date(at(0)), '{"captureData":'], ...own]);
  await fileLines(
    moto,
    'blue=1/green=2',
    'green',
    captureLines({ seed: 5, count: 300, from: at(0), to: at(1), shift: 5 }),
  );
  const cut = captureLines({ seed: 6, count: 1, from: at(2), to: at(2) }).map(
    ([time, line]) => [time, line.slice(0, -20)] as const,
  );
  await fileLines(moto, 'blue=1/green=2', 'blue', cut, '');
  // Spelled as Python does, and a row that nobody can read.
  const [[time, sound]] = captureLines({ seed: 7, count: 1, from: at(3), to: at(3) }) as [[Date, string]];
  await fileLines(moto, 'blue=1/green=2', 'blue', [[time, sound.replace(/instances/, 'things')]]);
  const { outcome, report } = await checkDrift(watch(), at(6));
  expect(outcome).toBe('stable');
  const check = capturesCheck(await reportOf(report));
  expect(check?.evidence).toMatchObject({ requests: 400, rows: 400, answered: 400, own: 50, outside: 0 });
  expect(check?.reason).toContain('; 3 could not be used');
  const troubles = check?.evidence?.troubles as readonly {
    reason: string;
    count: number;
    file: string;
    line: number;
  }[];
  expect(troubles.map(({ reason, count }) => [reason, count])).toEqual([
    ['a line is no JSON: cut off or damaged', 2],
    ['a request has an instance without any column of the dataset, or no list "instances"', 1],
  ]);
  expect(JSON.stringify(troubles)).not.toContain('spend');
});

test('another release begins a window of its own, and may ask anew', async () => {
  for (const [i, shift] of [1, 1].entries()) await traffic(6 * i, shift);
  await checkDrift(watch(), at(6));
  expect((await checkDrift(watch(), at(12))).event).toBeDefined();
  history = { ...history, releases: [release(2, at(14)), ...history.releases] };
  for (const hour of [12, 18, 24]) {
    const lines = captureLines({
      seed: hour,
      count: 400,
      from: at(hour),
      to: at(hour + 6),
      shift: hour === 12 ? 0 : 2,
    });
    await fileLines(moto, 'blue=1/green=2', 'green', lines);
  }
  const third = await checkDrift(watch(), at(18));
  expect(third.outcome).toBe('stable');
  expect(capturesCheck(await reportOf(third.report))?.evidence?.outside).toBeGreaterThan(100);
  await checkDrift(watch(), at(24));
  expect((await checkDrift(watch(), at(30))).event).toBe(`drift#${ENDPOINT}#2#2026-10-02T05:50:00.000Z`);
});

test('cut short anywhere and made again, a check has the same result and one event', async () => {
  for (const [i, shift] of [1, 1].entries()) await traffic(6 * i, shift);
  await checkDrift(watch(), at(6));
  const killed = new Error('killed');
  const once = (method: 'send', of: object) => jest.spyOn(of as { send: () => Promise<unknown> }, method);
  // Before anything, after the report, after the metrics, and after the decision was written down.
  const first = jest.spyOn(moto.s3, 'send').mockImplementationOnce(() => Promise.reject(killed));
  await expect(checkDrift(watch(), at(12))).rejects.toThrow(killed);
  first.mockRestore();
  const metrics = once('send', CloudWatchClient.prototype).mockRejectedValueOnce(killed);
  await expect(checkDrift(watch(), at(12))).rejects.toThrow(killed);
  metrics.mockRestore();
  events.on(PutEventsCommand).rejectsOnce(killed).resolves({ FailedEntryCount: 0 });
  await expect(checkDrift(watch(), at(12))).rejects.toThrow(killed);
  const tried = details().length;
  const again = await checkDrift(watch(), at(12));
  expect(again.outcome).toBe('drifted');
  await checkDrift(watch(), at(12));
  expect(details().slice(tried)).toHaveLength(1);
  expect(new Set(details().map(({ key }) => key)).size).toBe(1);
});

test('two deliveries at the same moment send one event', async () => {
  for (const [i, shift] of [1, 1].entries()) await traffic(6 * i, shift);
  await checkDrift(watch(), at(6));
  await Promise.all([checkDrift(watch(), at(12)), checkDrift(watch(), at(12))]);
  expect(new Set(details().map(({ key }) => key)).size).toBe(1);
});

test('an event that the bus does not take is an error, and is sent later', async () => {
  for (const [i, shift] of [1, 1].entries()) await traffic(6 * i, shift);
  await checkDrift(watch(), at(6));
  events.on(PutEventsCommand).resolvesOnce({ FailedEntryCount: 1, Entries: [{ ErrorMessage: 'slow down' }] });
  await expect(checkDrift(watch(), at(12))).rejects.toThrow(/was not taken: slow down/);
  events.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
  await checkDrift(watch(), at(18));
  expect(details().map(({ key }) => key)).toEqual([expect.any(String), expect.any(String)]);
});

test('without a baseline, and where nothing serves, nothing is concluded', async () => {
  history = { releases: [{ ...release(1, at(0)), runId: 'run-3' }], rollbacks: [] };
  await put(
    moto,
    ARTIFACTS,
    'runs/run-3/release.json',
    JSON.stringify({ runId: 'run-3', gates: GATES, dataset: DATASET }),
  );
  expect(await checkDrift(watch(), at(6))).toMatchObject({
    outcome: 'inconclusive',
    reason: 'release 1 was registered without a baseline: the next one has it',
  });
  history = { releases: [], rollbacks: [] };
  expect(await checkDrift(watch(), at(12))).toEqual({
    outcome: 'idle',
    reason: 'no release is on record as serving',
  });
  await expect(checkDrift(watch(), 'soon')).rejects.toThrow(/ISO 8601/);
});
