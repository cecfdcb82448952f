import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { askOnce } from './endpoint';

export interface TrafficOptions {
  readonly endpointName: string;
  readonly requestsPerSecond: number;
  /** Request bodies, sent in turn. */
  readonly bodies: readonly string[];
  readonly client: SageMakerRuntimeClient;
}

export interface TrafficCounts {
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  /** Answers by the variant that gave them. */
  readonly byVariant: Readonly<Record<string, number>>;
}

/** Most requests waiting for an answer at a time; beyond it a tick is left out, as a slow client would. */
const MAX_IN_FLIGHT = 32;

/** Stands in for the callers of a production endpoint: a steady stream of requests while a rollout shifts them. */
export class Traffic {
  private timer: NodeJS.Timeout | undefined;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly counts = { sent: 0, answered: 0, failed: 0, byVariant: {} as Record<string, number> };

  constructor(private readonly options: TrafficOptions) {
    if (options.bodies.length === 0) throw new Error('traffic needs at least one request body');
  }

  start(): void {
    this.timer ??= setInterval(() => this.tick(), 1000 / this.options.requestsPerSecond);
  }

  /** Stops sending and waits for the answers under way. */
  async stop(): Promise<TrafficCounts> {
    clearInterval(this.timer);
    this.timer = undefined;
    await Promise.all(this.inFlight);
    return { ...this.counts, byVariant: { ...this.counts.byVariant } };
  }

  private tick(): void {
    if (this.inFlight.size >= MAX_IN_FLIGHT) return;
    const request = this.send().finally(() => this.inFlight.delete(request));
    this.inFlight.add(request);
  }

  private async send(): Promise<void> {
    const { bodies, client, endpointName } = this.options;
    const body = bodies[this.counts.sent % bodies.length] ?? '';
    this.counts.sent += 1;
    try {
      const { variant } = await askOnce(client, endpointName, body);
      this.counts.answered += 1;
      this.counts.byVariant[variant] = (this.counts.byVariant[variant] ?? 0) + 1;
    } catch {
      // A failed request is what the judge must notice; the sender only counts it, as a caller's monitoring would.
      this.counts.failed += 1;
    }
  }
}
