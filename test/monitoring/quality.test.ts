import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { MonitoringBucket } from '../../lambda/monitoring/bucket';
import { handler } from '../../lambda/monitoring/quality';
import { gatherEvidence } from '../../lambda/monitoring/quality-evidence';
import { readJoinedRow } from '../../lib/core/feedback/joined-row';
import { estimate, isUndefined } from '../../lib/core/model/metrics/index';
import type { Check, Report } from '../../lib/core/report/report';
import { joinedKey, qualityReportKey } from '../../lib/monitoring/quality-contract';
import { release } from '../rollout/run-fixture';
import { type Moto, startMoto } from '../support/moto';
import {
  capture,
  deploy,
  ENDPOINT,
  gatesWith,
  labelCsv,
  MONITORING,
  put,
  type Traffic,
  trafficOf,
} from './quality-fixture';

// The emulator answers slowly beside other tests.
jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
let moto: Moto;
let queue: string;
let sqs: SQSClient;

beforeAll(async () => {
  moto = await startMoto();
  sqs = new SQSClient({});
});

afterAll(async () => {
  sqs.destroy();
  await moto.stop();
});

beforeEach(async () => {
  await fetch(`${moto.endpoint}/moto-api/reset`, { method: 'POST' });
  queue = (await sqs.send(new CreateQueueCommand({ QueueName: 'events' }))).QueueUrl ?? '';
  const events = new EventBridgeClient({});
  const EventPattern = JSON.stringify({ source: ['assay'], 'detail-type': ['Assay Degradation Detected'] });
  await events.send(new PutRuleCommand({ Name: 'degradation', EventPattern }));
  const Arn = 'arn:aws:sqs:us-east-1:123456789012:events';
  await events.send(new PutTargetsCommand({ Rule: 'degradation', Targets: [{ Id: 'queue', Arn }] }));
});

const read = async (key: string): Promise<string> => {
  const { Body } = await moto.s3.send(new GetObjectCommand({ Bucket: MONITORING, Key: key }));
  return (await Body?.transformToString()) ?? '';
};

const reportOf = async (time: string): Promise<Report> => JSON.parse(await read(qualityReportKey(ENDPOINT, time)));

const checkOf = (report: Report, id: string): Check | undefined => report.checks.find((check) => check.id === id);

async function received(): Promise<readonly Record<string, unknown>[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body }) => JSON.parse(Body ?? '{}').detail);
}

const rowsIn = (traffic: readonly Traffic[]) => traffic.flatMap(({ rows }) => rows);

describe('the check of live quality', () => {
  it('joins 20,000 captured rows with their labels, and the ROC AUC is that of the model gate', async () => {
    const model = {
      slices: [
        { column: 'plan', metrics: { roc_auc: { min: 0.7 } } },
        { name: 'new customers', where: 'months < 6', metrics: { accuracy: { min: 0.5 } } },
      ],
    };
    await deploy(moto, gatesWith({}, model), [7]);
    // 900 single rows and 100 requests of 11 rows, ten times.
    const traffic = trafficOf(10_000, { seed: 1, from: '2026-11-01T00:00:00Z', seconds: 15, batch: 11 });
    expect(rowsIn(traffic)).toHaveLength(20_000);
    await capture(moto, traffic, '7', '{"captureData": {"endpointInp');
    await put(moto, MONITORING, 'labels/2026-11-02.csv', `${labelCsv(traffic)}q-1-0,zero,1\n`);
    const result = await handler({ time: '2026-11-03T06:00:00.000Z' });
    expect(result).toMatchObject({ verdict: 'pass', reason: 'all 5 checks passed', events: [] });

    const rows = (await read(joinedKey(ENDPOINT, '7'))).trimEnd().split('\n').map(readJoinedRow);
    expect(rows).toHaveLength(20_000);
    const expected = estimate(
      'roc_auc',
      {
        labels: Float64Array.from(rowsIn(traffic), ({ label }) => label),
        predictions: { columns: [Float64Array.from(rowsIn(traffic), ({ score }) => score)] },
      },
      { confidence: 0.95 },
    );
    if (isUndefined(expected)) throw new Error(expected.undefined);
    const report = await reportOf('2026-11-03T06:00:00.000Z');
    expect(checkOf(report, 'release-7.metrics.roc_auc')?.evidence).toMatchObject({
      estimate: expected.value,
      interval: expected.interval,
      n: 20_000,
      look: 1,
    });
    const slices = checkOf(report, 'release-7.slices.plan.roc_auc')?.evidence?.slices as {
      value: string;
      rows: number;
    }[];
    const annual = rowsIn(traffic).filter(({ plan }) => plan === 'annual').length;
    expect(slices.map(({ value, rows: n }) => [value, n])).toEqual([
      ['annual', annual],
      ['monthly', 20_000 - annual],
    ]);
    const early = rowsIn(traffic).filter(({ months }) => months < 6).length;
    expect(checkOf(report, 'release-7.slices.new customers.accuracy')?.evidence?.n).toBe(early);
    const labels = checkOf(report, 'labels.files');
    expect(labels?.reason).toContain('20,000 labels of 1 new file taken');
    expect(labels?.reason).toContain(
      'labels/2026-11-02.csv, line 20002: row is "zero"; a whole number from 0 is allowed',
    );
    // One line a file is cut off.
    expect(labels?.evidence).toMatchObject({ malformed: 1, malformedCaptures: 42, unmatched: 0 });
    const cloudwatch = new CloudWatchClient({});
    const { Metrics = [] } = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Assay/Quality' }));
    expect(Metrics.map(({ MetricName }) => MetricName).sort()).toEqual(
      ['LabelCoverage', 'LabelledPredictions', 'accuracy', 'roc_auc', 'roc_auc', 'roc_auc'].sort(),
    );
    expect(await read(qualityReportKey(ENDPOINT, '2026-11-03T06:00:00.000Z', 'html'))).toContain('new customers');
  });

  it('raises one event for a release below its floor, and none on the checks after it', async () => {
    await deploy(moto, gatesWith({ consecutive: 2 }), [6, 7]);
    const traffic = trafficOf(3000, { seed: 2, from: '2026-11-01T00:00:00Z', seconds: 10, apart: 0.3 });
    await capture(moto, traffic, '7');
    const checks: readonly (readonly [day: string, labels: readonly Traffic[], events: number])[] = [
      ['2026-11-03', traffic.slice(0, 1000), 0],
      ['2026-11-04', [], 0],
      ['2026-11-05', traffic.slice(1000, 1500), 1],
      ['2026-11-06', traffic.slice(1500, 2000), 0],
    ];
    for (const [day, labels, events] of checks) {
      if (labels.length > 0) await put(moto, MONITORING, `labels/${day}.csv`, labelCsv(labels));
      const result = await handler({ time: `${day}T06:00:00.000Z` });
      expect(result.verdict).toBe('fail');
      expect(result.events).toHaveLength(events);
    }
    const details = await received();
    expect(details).toHaveLength(1);
    expect(details[0]).toMatchObject({
      application: 'churn',
      kind: 'degradation',
      key: `degradation#${ENDPOINT}#7#metrics.roc_auc#2`,
      release: '7',
      report: `s3://${MONITORING}/${qualityReportKey(ENDPOINT, '2026-11-05T06:00:00.000Z')}`,
    });
    expect(details[0]?.reason).toMatch(/^release 7: ROC AUC is 0\.\d+ .* at least 0\.75 is required/);
  });

  it('takes every label once: late files, corrections and labels before their prediction', async () => {
    await deploy(moto, gatesWith({}), [7]);
    const traffic = trafficOf(600, { seed: 3, from: '2026-11-01T00:00:00Z', seconds: 60 });
    await capture(moto, traffic.slice(0, 300), '7');
    await put(moto, MONITORING, 'labels/all.csv', labelCsv(traffic));
    await put(moto, MONITORING, 'labels/broken.csv', 'id,label\nq-3-0,1\n');
    await handler({ time: '2026-11-02T06:00:00.000Z' });
    const first = checkOf(await reportOf('2026-11-02T06:00:00.000Z'), 'labels.files');
    expect(first).toMatchObject({ verdict: 'inconclusive', evidence: { labels: 600, unmatched: 300 } });
    expect(first?.reason).toContain('labels/broken.csv: the header has no column "inference_id"');

    await capture(moto, traffic, '7');
    const [corrected] = traffic;
    const flipped = 1 - (corrected?.rows[0]?.label ?? 0);
    await put(moto, MONITORING, 'labels/fix.jsonl', `{"inference_id":"${corrected?.id}","label":${flipped}}\n`);
    await handler({ time: '2026-11-03T06:00:00.000Z' });
    const second = checkOf(await reportOf('2026-11-03T06:00:00.000Z'), 'labels.files');
    expect(second?.evidence).toMatchObject({ files: 1, labels: 1, unmatched: 0, refused: [] });
    const rows = (await read(joinedKey(ENDPOINT, '7'))).trimEnd().split('\n').map(readJoinedRow);
    expect(rows).toHaveLength(600);
    expect(rows.find(({ inferenceId }) => inferenceId === corrected?.id)?.label).toBe(String(flipped));
  });

  it('says nothing of too few labels, of a candidate, and of nothing at all', async () => {
    await deploy(moto, gatesWith({}), [7]);
    expect(await handler({ time: '2026-11-01T06:00:00.000Z' })).toMatchObject({ verdict: 'inconclusive' });
    const traffic = trafficOf(400, { seed: 4, from: '2026-11-01T00:00:00Z', seconds: 60, apart: 0 });
    await capture(moto, traffic, '7');
    await capture(moto, traffic.slice(0, 10), '8');
    await put(moto, MONITORING, 'labels/few.csv', labelCsv(traffic.slice(0, 150)));
    const result = await handler({ time: '2026-11-02T06:00:00.000Z' });
    expect(result).toMatchObject({ verdict: 'inconclusive', events: [] });
    const report = await reportOf('2026-11-02T06:00:00.000Z');
    expect(checkOf(report, 'release-7.metrics.roc_auc')?.reason).toContain('200 labelled predictions are needed');
    expect(checkOf(report, 'candidates')?.reason).toContain('release 8 answers requests and is not on record yet');
    await expect(handler({ time: 'soon' })).rejects.toThrow('"soon" is no time');
  });

  it('is done with a release of which nothing was asked or labelled for long, and not with the one that serves', async () => {
    await deploy(moto, gatesWith({}), [6, 7]);
    const old = trafficOf(1000, { seed: 5, from: '2026-08-01T00:00:00Z', seconds: 60, apart: 3 });
    await capture(moto, old, '6');
    await put(moto, MONITORING, 'labels/old.csv', labelCsv(old));
    const early = await handler({ time: '2026-08-02T06:00:00.000Z' });
    expect(early).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('release 7, which serves'),
    });
    expect((await read(joinedKey(ENDPOINT, '6'))).split('\n')).toHaveLength(1001);

    const traffic = trafficOf(1000, { seed: 6, from: '2026-11-01T00:00:00Z', seconds: 60, apart: 3 });
    await capture(moto, traffic, '7');
    await put(moto, MONITORING, 'labels/new.csv', labelCsv(traffic));
    for (const time of ['2026-11-02T06:00:00.000Z', '2026-11-03T06:00:00.000Z']) {
      expect(await handler({ time })).toMatchObject({ verdict: 'pass' });
      const ids = (await reportOf(time)).checks.map(({ id }) => id);
      expect(ids.filter((id) => id.startsWith('release-6'))).toEqual([]);
      expect(await read(joinedKey(ENDPOINT, '6'))).toBe('');
    }
  });

  it('holds so many labels and rows and no more, the latest ones', async () => {
    await deploy(moto, gatesWith({}), [6, 7]);
    const [first, second] = [7, 8].map((seed) => trafficOf(300, { seed, from: '2026-11-01T00:00:00Z', seconds: 60 }));
    const nobody = trafficOf(90, { seed: 9, from: '2026-11-01T00:00:00Z', seconds: 60 });
    await capture(moto, first ?? [], '6');
    await capture(moto, second ?? [], '7');
    const evidenceAt = async (day: string) => {
      const time = Date.parse(day);
      const period = { time, predictedSince: time - 30 * DAY_MS, labelledSince: time - 30 * DAY_MS };
      const limits = { labels: 1000, waiting: 50, joined: 200 };
      const gates = async () => gatesWith({});
      const sources = { endpoint: ENDPOINT, bucket: new MonitoringBucket(MONITORING, moto.s3), gates, limits };
      const records = [release(6, '2026-10-06T00:00:00.000Z'), release(7, '2026-10-07T00:00:00.000Z')];
      const evidence = await gatherEvidence(sources, { releases: records, rollbacks: [] }, period);
      await evidence.keep();
      await evidence.keepTaken();
      return evidence;
    };
    await put(
      moto,
      MONITORING,
      'labels/1.csv',
      labelCsv([...(first ?? []), ...(second ?? []), ...nobody.slice(0, 60)]),
    );
    const before = await evidenceAt('2026-11-02');
    expect(before.releases.map(({ rows }) => rows.length)).toEqual([100, 100]);
    expect(before.tally).toMatchObject({ unmatched: 50, expired: 10 });
    await put(moto, MONITORING, 'labels/2.csv', labelCsv(nobody.slice(60)));
    const after = await evidenceAt('2026-11-03');
    expect(after.tally).toMatchObject({ unmatched: 50, unmatchedNew: 30, expired: 30 });
  });
});
