import { randomUUID } from 'node:crypto';
import type { Core } from '../core';
import { messageOf } from '../errors';
import { joinS3 } from '../runtime/object-store';
import { type DataCapture, encodingOf, keeps } from './capture-config';

/** Files are written so often, or when they have so many requests. */
const FLUSH_MS = 3000;
const FILE_REQUESTS = 500;
/** Requests that wait for storage that does not answer; the oldest are given up beyond. */
const MOST_WAITING = 20_000;

/** One side of a request: what was asked, or what was answered. */
export interface CapturedSide {
  readonly contentType: string;
  readonly body: Buffer;
}

/** An answered request. */
export interface Captured {
  readonly endpoint: string;
  readonly variant: string;
  readonly input: CapturedSide;
  readonly output: CapturedSide;
  readonly inferenceId?: string | undefined;
}

interface Waiting extends Captured {
  readonly capture: DataCapture;
  readonly time: Date;
}

/**
 * Data capture of endpoints: a share of the requests that were answered, as JSON lines by endpoint, variant and hour of the
 * calendar. A request only hands over what it holds anyway; encoding and storing come later, and never fail it.
 */
export class Captures {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<void> = Promise.resolve();

  /** @param random uniform in [0, 1): draws which requests are kept */
  constructor(
    private readonly core: Core,
    private readonly random: () => number,
  ) {}

  /** @param configName configuration that the endpoint has */
  record(configName: string, request: Captured): void {
    const capture = this.core.configs.get(configName)?.input.DataCaptureConfig;
    if (capture === undefined || this.random() * 100 >= capture.InitialSamplingPercentage) return;
    if (!keeps(capture, 'Input') && !keeps(capture, 'Output')) return;
    this.waiting.push({ ...request, capture, time: this.core.context.calendar.now() });
    if (this.waiting.length % FILE_REQUESTS === 0) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Stores what was captured so far. What cannot be stored waits for the next time, and that is said. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.storing = this.storing.then(() => this.store());
    return this.storing;
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
  }

  private async store(): Promise<void> {
    const files = new Map<string, Waiting[]>();
    for (const request of this.waiting) {
      const folder = folderOf(request);
      const file = files.get(folder);
      if (file === undefined) files.set(folder, [request]);
      else file.push(request);
    }
    this.waiting = [];
    for (const [folder, all] of files) {
      for (let from = 0; from < all.length; from += FILE_REQUESTS) {
        const requests = all.slice(from, from + FILE_REQUESTS);
        try {
          await this.core.objects.write(joinS3(folder, fileName(requests)), requests.map(lineOf).join(''));
        } catch (error) {
          this.keep(requests, messageOf(error));
        }
      }
    }
  }

  private keep(requests: readonly Waiting[], reason: string): void {
    this.waiting = [...requests, ...this.waiting];
    const lost = Math.max(0, this.waiting.length - MOST_WAITING);
    this.waiting.splice(0, lost);
    const given = lost === 0 ? '' : `; ${lost} requests are given up`;
    this.core.context.log(`captured requests could not be stored: ${reason}${given}`);
  }
}

const two = (value: number): string => String(value).padStart(2, '0');

function folderOf({ capture, endpoint, variant, time }: Waiting): string {
  const hour = [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours()].map(two);
  return joinS3(capture.DestinationS3Uri, [endpoint, variant, ...hour].join('/'));
}

/** `<minute>-<second>-<millisecond>-<uuid>.jsonl` of the first request, as SageMaker names them. */
function fileName([first]: readonly Waiting[]): string {
  const time = first?.time ?? new Date(0);
  const at = [two(time.getUTCMinutes()), two(time.getUTCSeconds()), String(time.getUTCMilliseconds()).padStart(3, '0')];
  return `${at.join('-')}-${randomUUID()}.jsonl`;
}

function lineOf({ capture, input, output, inferenceId, time }: Waiting): string {
  const captureData = {
    ...(keeps(capture, 'Input') && { endpointInput: sideOf(capture, input, 'INPUT') }),
    ...(keeps(capture, 'Output') && { endpointOutput: sideOf(capture, output, 'OUTPUT') }),
  };
  const eventMetadata = {
    eventId: randomUUID(),
    ...(inferenceId !== undefined && { inferenceId }),
    // Seconds are all that SageMaker gives.
    inferenceTime: `${time.toISOString().slice(0, 19)}Z`,
  };
  return `${JSON.stringify({ captureData, eventMetadata, eventVersion: '0' })}\n`;
}

function sideOf(capture: DataCapture, { contentType, body }: CapturedSide, mode: 'INPUT' | 'OUTPUT') {
  const encoding = encodingOf(capture, contentType);
  const data = body.toString(encoding === 'BASE64' ? 'base64' : 'utf8');
  return { observedContentType: contentType, mode, data, encoding };
}
