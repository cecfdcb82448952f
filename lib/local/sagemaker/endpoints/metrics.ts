import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { awsClientConfig } from '../../engine/aws';
import type { EngineContext } from '../../engine/ports';
import { messageOf } from '../errors';

const FLUSH_MS = 500;
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
  readonly values: Map<string, number[]>;
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
    const key = `${of.endpoint}/${of.variant}`;
    const tally = this.tallies.get(key) ?? { endpoint: of.endpoint, variant: of.variant, values: new Map() };
    this.tallies.set(key, tally);
    const samples = {
      Invocations: 1,
      Invocation4XXErrors: of.status !== undefined && of.status >= 400 && of.status < 500 ? 1 : 0,
      Invocation5XXErrors: of.status !== undefined && of.status >= 500 ? 1 : 0,
      InvocationModelErrors: of.status !== undefined && of.status >= 200 && of.status < 300 ? 0 : 1,
      ModelLatency: Math.round(of.modelLatency),
      OverheadLatency: Math.round(of.overhead),
    };
    for (const [name, value] of Object.entries(samples)) {
      const values = tally.values.get(name) ?? [];
      values.push(value);
      tally.values.set(name, values);
    }
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Sends what was recorded so far. A failed batch is kept for the next flush, and said. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = this.context.clock.now();
    this.unsent.push(...[...this.tallies.values()].flatMap((tally) => dataOf(tally, now)));
    this.tallies = new Map();
    this.sending = this.sending.then(() => this.send());
    return this.sending;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
    this.client?.destroy();
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
function dataOf(tally: Tally, Timestamp: Date): readonly MetricDatum[] {
  const Dimensions = [
    { Name: 'EndpointName', Value: tally.endpoint },
    { Name: 'VariantName', Value: tally.variant },
  ];
  return [...tally.values].flatMap(([MetricName, samples]): MetricDatum[] => {
    const counts = new Map<number, number>();
    for (const sample of samples) counts.set(sample, (counts.get(sample) ?? 0) + 1);
    return chunks([...counts], MAX_VALUES).map((some) => ({
      MetricName,
      Dimensions,
      Timestamp,
      Unit: LATENCIES.includes(MetricName) ? 'Microseconds' : 'None',
      Values: some.map(([value]) => value),
      Counts: some.map(([, count]) => count),
    }));
  });
}

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
