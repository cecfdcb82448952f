import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { awsClientConfig } from '../../engine/aws';
import type { EngineContext } from '../../engine/ports';
import { messageOf } from '../errors';

const FLUSH_MS = 250;
/** Requests of so many milliseconds have one time stamp: SageMaker's are whole minutes, which runs shorten. */
const STAMP_MS = 100;
/** CloudWatch takes at most this many distinct values in one datum, and 1000 data in one request. */
const MAX_VALUES = 150;
const MAX_DATA = 1000;

/** One answered request. */
export interface Invocation {
  readonly endpoint: string;
  readonly variant: string;
  /** Status that the container answered; undefined if it answered nothing. */
  readonly status: number | undefined;
  /** Microseconds in the container, and in the engine around it. */
  readonly modelLatency: number;
  readonly overhead: number;
}

interface Tally {
  readonly endpoint: string;
  readonly variant: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** How often each value was seen, by metric. */
  readonly values: Map<string, Map<number, number>>;
}

const LATENCIES = ['ModelLatency', 'OverheadLatency'];

/** Publishes the per-variant metrics of SageMaker endpoints to CloudWatch, in batches; nothing is lost if a batch fails. */
export class InvocationMetrics {
  private tallies = new Map<string, Tally>();
  private unsent: MetricDatum[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();
  private client: CloudWatchClient | undefined;

  constructor(private readonly context: EngineContext) {}

  record(of: Invocation): void {
    const tally = this.tally(of);
    const samples = {
      Invocations: 1,
      Invocation4XXErrors: of.status !== undefined && of.status >= 400 && of.status < 500 ? 1 : 0,
      Invocation5XXErrors: of.status !== undefined && of.status >= 500 ? 1 : 0,
      InvocationModelErrors: of.status !== undefined && of.status >= 200 && of.status < 300 ? 0 : 1,
      ModelLatency: Math.round(of.modelLatency),
      OverheadLatency: Math.round(of.overhead),
    };
    for (const [name, value] of Object.entries(samples)) {
      const counts = tally.values.get(name) ?? new Map<number, number>();
      counts.set(value, (counts.get(value) ?? 0) + 1);
      tally.values.set(name, counts);
    }
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Sends what was recorded so far. A failed batch is kept for the next flush, and said. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.unsent.push(...[...this.tallies.values()].flatMap(dataOf));
    this.tallies = new Map();
    this.sending = this.sending.then(() => this.send());
    return this.sending;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    this.client?.destroy();
  }

  private tally({ endpoint, variant }: Invocation): Tally {
    const time = Math.floor(this.context.clock.now().getTime() / STAMP_MS) * STAMP_MS;
    const key = `${time}/${endpoint}/${variant}`;
    const tally = this.tallies.get(key) ?? { endpoint, variant, time, values: new Map() };
    this.tallies.set(key, tally);
    return tally;
  }

  private async send(): Promise<void> {
    this.client ??= new CloudWatchClient(awsClientConfig(this.context));
    while (this.unsent.length > 0) {
      const batch = this.unsent.slice(0, MAX_DATA);
      try {
        await this.client.send(new PutMetricDataCommand({ Namespace: 'AWS/SageMaker', MetricData: batch }));
      } catch (error) {
        this.context.log(`endpoint metrics could not be published: ${messageOf(error)}`);
        return;
      }
      this.unsent = this.unsent.slice(batch.length);
    }
  }
}

/** Values with their counts, not statistic sets, so that percentiles can be computed from them. */
function dataOf(tally: Tally): readonly MetricDatum[] {
  const Dimensions = [
    { Name: 'EndpointName', Value: tally.endpoint },
    { Name: 'VariantName', Value: tally.variant },
  ];
  return [...tally.values].flatMap(([MetricName, counts]): MetricDatum[] =>
    chunks([...counts], MAX_VALUES).map((some) => ({
      MetricName,
      Dimensions,
      Timestamp: new Date(tally.time),
      Unit: LATENCIES.includes(MetricName) ? 'Microseconds' : 'None',
      Values: some.map(([value]) => value),
      Counts: some.map(([, count]) => count),
    })),
  );
}

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
