import { Readable } from 'node:stream';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
  PutMetricDataCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';

/** What CloudWatch shows of a variant in each minute. */
export interface Minute {
  readonly requests: number;
  readonly errors: number;
  /** Requests that took longer than any budget. */
  readonly slow: number;
}

/** S3 and CloudWatch, as far as rollouts use them, behind the real SDK clients. */
export class Surroundings {
  readonly objects = new Map<string, string>();
  readonly alarms = new Map<string, StateValue>();
  private readonly s3 = mockClient(S3Client);
  private readonly cloudwatch = mockClient(CloudWatchClient);

  /** @param minuteOf what a variant did; undefined shows no data */
  constructor(
    private readonly minuteOf: (variant: string) => Minute | undefined,
    check: (operation: string) => void,
  ) {
    this.s3.on(GetObjectCommand).callsFake(({ Key }) => {
      check('GetObject');
      const text = this.objects.get(Key);
      if (text === undefined) throw new NoSuchKey({ $metadata: {}, message: 'The specified key does not exist.' });
      return { Body: sdkStreamMixin(Readable.from([Buffer.from(text)])) };
    });
    this.s3.on(PutObjectCommand).callsFake(({ Key, Body }) => {
      check('PutObject');
      this.objects.set(Key, String(Body));
      return {};
    });
    this.cloudwatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }) => {
      check('DescribeAlarms');
      const known = AlarmNames.filter((name: string) => this.alarms.has(name));
      return {
        MetricAlarms: known.map((AlarmName: string) => ({ AlarmName, StateValue: this.alarms.get(AlarmName) })),
      };
    });
    this.cloudwatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries, StartTime, EndTime }) => {
      check('GetMetricData');
      return {
        MetricDataResults: MetricDataQueries.map((query: MetricDataQuery) => this.series(query, StartTime, EndTime)),
      };
    });
    // The engine's endpoints publish their own; what the judge sees here is as the test wants it.
    this.cloudwatch.on(PutMetricDataCommand).resolves({});
  }

  restore(): void {
    this.s3.restore();
    this.cloudwatch.restore();
  }

  /** A value for every whole minute. */
  private series({ Id, MetricStat }: MetricDataQuery, from: Date, to: Date) {
    const { MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
    const variant = Dimensions.find(({ Name }) => Name === 'VariantName')?.Value ?? '';
    const minute = this.minuteOf(variant);
    const value = minute === undefined ? undefined : figureOf(minute, MetricName, MetricStat?.Stat ?? '');
    const Timestamps: Date[] = [];
    const first = Math.ceil(from.getTime() / 60_000) * 60_000;
    for (let at = first; value !== undefined && at + 60_000 <= to.getTime() + 1000; at += 60_000) {
      Timestamps.push(new Date(at));
    }
    return { Id, Timestamps, Values: Timestamps.map(() => value) };
  }
}

function figureOf({ requests, errors, slow }: Minute, metric: string, stat: string): number | undefined {
  if (metric === 'Invocations') return requests;
  if (metric === 'Invocation4XXErrors') return 0;
  if (metric !== 'ModelLatency') return errors;
  // `TC(:bound)` counts what is fast, `TC(bound:)` what is slow; a range without a value has no data point.
  const counted = stat === 'SampleCount' ? requests : stat.startsWith('TC(:') ? requests - slow : slow;
  return counted === 0 ? undefined : counted;
}
