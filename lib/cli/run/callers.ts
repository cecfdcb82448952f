import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { type CallerRequest, type CallerSummary, summarizeCallers, type WeightSeen } from '../../core/rollout/callers';
import { pause } from '../../local/engine/clock';
import { Traffic, type TrafficOptions } from './traffic';

export interface CallersOptions extends Omit<TrafficOptions, 'onAnswer'> {
  /** Where every request is written down, as JSON lines. */
  readonly logFile: string;
  /** Weight of each variant now; undefined where it could not be seen. */
  readonly weights: () => Promise<WeightSeen['weights'] | undefined>;
}

/** How often the weights are looked at. */
const LOOK_MS = 200;

/** What the callers saw, with every single request for those who want to look closer. */
export interface CallersResult {
  readonly summary: CallerSummary;
  readonly requests: readonly CallerRequest[];
}

/** The callers of production during a rollout: their requests, what came of each, and the weights meanwhile. */
export class Callers {
  private readonly traffic: Traffic;
  private readonly requests: CallerRequest[] = [];
  private readonly weights: WeightSeen[] = [];
  private readonly looking = new AbortController();
  private log: WriteStream | undefined;
  private looks: Promise<void> | undefined;
  private startedAt = new Date();

  constructor(private readonly options: CallersOptions) {
    this.traffic = new Traffic({ ...options, onAnswer: (request) => this.note(request) });
  }

  async start(): Promise<void> {
    const { logFile, requestsPerSecond, endpointName } = this.options;
    mkdirSync(dirname(logFile), { recursive: true });
    this.log = createWriteStream(logFile);
    this.startedAt = await this.traffic.start();
    const head = { schema: 'assay.requests/1', endpointName, startedAt: this.startedAt, requestsPerSecond };
    this.log.write(`${JSON.stringify(head)}\n`);
    this.looks = this.watch();
  }

  async stop(): Promise<CallersResult> {
    await this.traffic.stop();
    this.looking.abort();
    await this.looks;
    this.log?.end();
    if (this.log !== undefined) await finished(this.log);
    const { startedAt, requests, weights } = this;
    const { requestsPerSecond } = this.options;
    return { summary: summarizeCallers({ startedAt, requestsPerSecond, requests, weights }), requests };
  }

  private note(request: CallerRequest): void {
    this.requests.push(request);
    const { at, milliseconds, variant, error } = request;
    const line = { at: Math.round(at), ms: Math.round(milliseconds * 10) / 10, variant, error };
    this.log?.write(`${JSON.stringify(line)}\n`);
  }

  private async watch(): Promise<void> {
    const { signal } = this.looking;
    while (!signal.aborted) {
      const at = this.traffic.elapsed;
      const weights = await this.options.weights().catch(() => undefined);
      if (weights !== undefined) this.weights.push({ at, weights });
      await pause(LOOK_MS, signal).catch(() => undefined);
    }
  }
}
