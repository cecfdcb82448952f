import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { LocalProcessHost } from '../../../lib/local/engine/process-host';
import { type MotoServer, startMoto } from '../../../lib/local/moto/moto';

jest.setTimeout(60_000);
const stateDir = mkdtempSync(join(tmpdir(), 'assay-metrics-'));
const processes = new LocalProcessHost();
let moto: MotoServer;
let cloudwatch: CloudWatchClient;

/** A twentieth of the time: periods of 60 s are 3 s of real time. */
beforeAll(async () => {
  const venv = join(__dirname, '../../../.venv');
  moto = await startMoto({ processes, venv, stateDir, account: '123456789012', timeScale: 0.05 });
  cloudwatch = new CloudWatchClient(awsClientConfig({ region: 'us-east-1', endpointUrl: moto.url }));
});

afterAll(async () => {
  cloudwatch.destroy();
  await moto.stop();
  await processes.close();
  rmSync(stateDir, { recursive: true });
});

/** A multiple of three seconds, so that it begins a period. */
const T = 1_800_000_000;
const dimensions = [{ Name: 'VariantName', Value: 'green' }];
const at = (seconds: number) => new Date((T + seconds) * 1000);

const put = (MetricName: string, ...data: readonly Partial<MetricDatum>[]) =>
  cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: 'N',
      MetricData: data.map((datum) => ({ MetricName, Dimensions: dimensions, ...datum })),
    }),
  );

async function series(MetricName: string, Stat: string, from = 0, to = 12, Period = 60) {
  const Metric = { Namespace: 'N', MetricName, Dimensions: dimensions };
  const { MetricDataResults } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: at(from),
      EndTime: at(to),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [{ Id: 'q', MetricStat: { Metric, Period, Stat } }],
    }),
  );
  const { Timestamps = [], Values = [] } = MetricDataResults?.[0] ?? {};
  return Timestamps.map((time, i) => [time.getTime() / 1000 - T, Values[i]]);
}

describe('statistics of one period', () => {
  // 1 once, 2 twice, 3 and 4 once: as values with counts, and out of order.
  beforeAll(() =>
    put(
      'Latency',
      { Values: [4, 2], Counts: [1, 2], Timestamp: at(1) },
      { Value: 3, Timestamp: at(2) },
      { Value: 1, Timestamp: at(0.5) },
    ),
  );

  // Percentiles as numpy.percentile([1, 2, 2, 3, 4], p) has them; TC, TS, TM and PR leave out the lower bound.
  test.each([
    ['Sum', 12],
    ['Average', 2.4],
    ['Minimum', 1],
    ['Maximum', 4],
    ['SampleCount', 5],
    ['p0', 1],
    ['p50', 2],
    ['p90', 3.6],
    ['p100', 4],
    ['TC(2:)', 2],
    ['TC(:2)', 3],
    ['TC(1:3)', 3],
    ['TC(4:)', 0],
    ['TS(2:4)', 7],
    ['TM(2:4)', 3.5],
    ['PR(:2)', 60],
  ])('%s is %d', async (name, expected) => {
    const [point] = await series('Latency', name);
    expect(point?.[0]).toBe(0);
    expect(point?.[1]).toBeCloseTo(expected, 12);
  });

  test('one that has no value in this period is left out, one that the engine lacks is refused by name', async () => {
    expect(await series('Latency', 'TM(4:)')).toEqual([]);
    await expect(series('Latency', 'tm90')).rejects.toThrow(
      /tm90 is not supported by the one-machine engine.*TC\(a:b\)/,
    );
  });

  test('other dimensions, names and units are other metrics', async () => {
    expect(await series('latency', 'Sum')).toEqual([]);
    const query = {
      region: 'us-east-1',
      namespace: 'N',
      name: 'Latency',
      statistic: 'Sum',
      windows: [[T, T + 3]] as const,
    };
    expect(await moto.metricStatistics({ ...query, dimensions: [] })).toEqual([undefined]);
    expect(await moto.metricStatistics({ ...query, dimensions })).toEqual([12]);
  });
});

test('periods are shortened by the time scale, begin at whole multiples, and are left out where there is nothing', async () => {
  await put('Requests', ...[0, 2.9, 3, 9.5].map((second) => ({ Value: 1, Timestamp: at(second) })));
  expect(await series('Requests', 'Sum')).toEqual([
    [0, 2],
    [3, 1],
    [9, 1],
  ]);
  expect(await series('Requests', 'Sum', 0, 12, 120)).toEqual([
    [0, 3],
    [6, 1],
  ]);
  // The start is rounded down to its period; the end is exclusive, whatever its period.
  expect(await series('Requests', 'Sum', 4, 9.5)).toEqual([[3, 1]]);
});

test('windows of any length for the alarms', async () => {
  await put('Windows', ...[0.1, 0.2, 0.3].map((second, i) => ({ Value: i + 1, Timestamp: at(second) })));
  const query = { region: 'us-east-1', namespace: 'N', name: 'Windows', dimensions, statistic: 'Maximum' };
  const windows = [
    [T, T + 0.2],
    [T + 0.2, T + 0.3],
    [T + 1, T + 2],
  ] as const;
  expect(await moto.metricStatistics({ ...query, windows })).toEqual([1, 2, undefined]);
});

test('a statistic set counts in sums, and has no percentiles', async () => {
  const StatisticValues = { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 4 };
  await put('Sets', { StatisticValues, Timestamp: at(0) }, { Value: 5, Timestamp: at(1) });
  expect(await series('Sets', 'Average')).toEqual([[0, 3]]);
  expect(await series('Sets', 'p50')).toEqual([]);
});

test('GetMetricStatistics and ListMetrics answer from the same values', async () => {
  await put('Listed', { Value: 2, Timestamp: at(0) }, { Value: 4, Timestamp: at(0) });
  const { Datapoints } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'N',
      MetricName: 'Listed',
      Dimensions: dimensions,
      StartTime: at(0),
      EndTime: at(3),
      Period: 60,
      Statistics: ['Average', 'SampleCount'],
    }),
  );
  expect(Datapoints).toEqual([{ Timestamp: at(0), Average: 3, SampleCount: 2 }]);
  const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'N', MetricName: 'Listed' }));
  expect(Metrics).toEqual([{ Namespace: 'N', MetricName: 'Listed', Dimensions: dimensions }]);
});

test('a request so large that the SDK packs it is taken like any other', async () => {
  const Values = Array.from({ length: 150 }, (_, i) => i + 1);
  const data = Array.from({ length: 60 }, (_, i) => ({ Values, Counts: Values.map(() => 2), Timestamp: at(i / 100) }));
  expect(JSON.stringify(data).length).toBeGreaterThan(20_000);
  await put('Packed', ...data);
  expect(await series('Packed', 'SampleCount')).toEqual([[0, 60 * 300]]);
  expect(await series('Packed', 'TC(75:)')).toEqual([[0, 60 * 150]]);
});
