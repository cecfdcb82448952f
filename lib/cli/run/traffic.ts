import type { CallerRequest } from '../../core/rollout/callers';
import { EndpointClient, isError, type SignedInvocation } from '../../serving/endpoint/client';
import type { RuntimeTarget } from '../../serving/endpoint/target';

export interface TrafficOptions {
  readonly endpointName: string;
  readonly requestsPerSecond: number;
  /** Request bodies, sent in turn. */
  readonly bodies: readonly string[];
  readonly target: RuntimeTarget;
  /** Gets every request when its answer is there, or will not come. */
  readonly onAnswer: (request: CallerRequest) => void;
}

/** How often it is seen which requests are due; well below what an answer takes. */
const TICK_MS = 4;

/** A signature is good for five minutes. */
const SIGNED_FOR_MS = 240_000;

const CONNECTIONS = 128;

interface Signed {
  readonly request: SignedInvocation;
  readonly at: number;
}

/**
 * Stands in for the callers of a production endpoint: a steady stream of requests while a rollout shifts them. Each is sent
 * when it is due, whether or not earlier ones are answered, and timed from then (an open loop; see `openLoop`). Nothing is
 * sent twice: what a caller would have seen is what counts.
 */
export class Traffic {
  private readonly client: EndpointClient;
  private readonly signed: (Signed | undefined)[] = [];
  private readonly inFlight = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private begun = 0;
  private sent = 0;

  constructor(private readonly options: TrafficOptions) {
    if (options.bodies.length === 0) throw new Error('traffic needs at least one request body');
    this.client = new EndpointClient(options.target, { connections: CONNECTIONS });
  }

  /** Signs every body, then begins. @returns when the first request is due */
  async start(): Promise<Date> {
    for (const index of this.options.bodies.keys()) await this.sign(index);
    const startedAt = new Date();
    this.begun = performance.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
    return startedAt;
  }

  /** Milliseconds since the first request was due. */
  get elapsed(): number {
    return performance.now() - this.begun;
  }

  /** Stops sending and waits for the answers under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.inFlight);
    await this.client.close();
  }

  /** Sends all that is due by now, so that a stall of this process delays requests and loses none. */
  private tick(): void {
    const due = Math.floor((this.elapsed * this.options.requestsPerSecond) / 1000);
    for (; this.sent <= due; this.sent += 1) {
      const work = this.send(this.sent).finally(() => this.inFlight.delete(work));
      this.inFlight.add(work);
    }
  }

  private async send(number: number): Promise<void> {
    const at = (number * 1000) / this.options.requestsPerSecond;
    const index = number % this.options.bodies.length;
    const fresh = this.signed[index];
    const { request } = fresh !== undefined && Date.now() - fresh.at < SIGNED_FOR_MS ? fresh : await this.sign(index);
    const late = this.elapsed - at;
    const { outcome, milliseconds } = await this.client.send(request);
    this.options.onAnswer({
      at,
      milliseconds: milliseconds + late,
      ...(outcome.variant === undefined ? {} : { variant: outcome.variant }),
      ...(isError(outcome) ? { error: outcome.name } : {}),
    });
  }

  private async sign(index: number): Promise<Signed> {
    const { endpointName: endpoint, bodies } = this.options;
    const signed = { request: await this.client.prepare({ endpoint, body: bodies[index] ?? '' }), at: Date.now() };
    this.signed[index] = signed;
    return signed;
  }
}
