import type { Dispatcher } from 'undici';
import { type EndpointError, errorOf, transportError } from './errors';

export interface EndpointAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  /** The variant that answered. */
  readonly variant?: string;
}

export interface Collected {
  /** Size of the answer's body. */
  readonly bytes: number;
  readonly outcome: EndpointAnswer | EndpointError;
}

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Collects one answer without a stream around it, which would take as long as the rest of a request. */
export class Collector implements Dispatcher.DispatchHandler {
  private status = 0;
  private headers: Headers = {};
  private readonly chunks: Buffer[] = [];

  /** @param done called once, when the answer is there or will not come */
  constructor(private readonly done: (collected: Collected) => void) {}

  // The transport asks for it; without it the handler counts as one of an older kind.
  onRequestStart(): void {}

  onResponseStart(_controller: unknown, status: number, headers: Headers): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.chunks;
    const body = this.chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.chunks);
    const header = (name: string): string | undefined => textOf(this.headers[name]);
    const good = this.status >= 200 && this.status < 300;
    this.done({ bytes: body.length, outcome: good ? answerOf(body, header) : errorOf(this.status, body, header) });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.done({ bytes: 0, outcome: transportError(error) });
  }
}

function answerOf(body: Buffer, header: (name: string) => string | undefined): EndpointAnswer {
  const variant = header('x-amzn-invoked-production-variant');
  return { body, contentType: header('content-type') ?? '', ...(variant === undefined ? {} : { variant }) };
}

const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;
