import { Pool } from 'undici';
import { type Collected, Collector, type EndpointAnswer } from './collector';
import { EndpointError } from './errors';
import type { RuntimeTarget } from './target';

/** One call of an endpoint, as `InvokeEndpoint` takes it. */
export interface Invocation {
  readonly endpoint: string;
  readonly body: string | Uint8Array;
  /** @default application/json */
  readonly contentType?: string;
  /** @default application/json */
  readonly accept?: string;
  /** The variant that answers, whatever its weight. @default - by weight */
  readonly variant?: string;
  /** Names the request in captured data. @default - none */
  readonly inferenceId?: string;
}

/** A request ready to go: what is left takes its time on the wire alone. A signature is good for five minutes. */
export interface SignedInvocation {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** What came of a request. The clock runs from handing the request to the socket to the last byte of the answer. */
export interface Timed extends Collected {
  readonly milliseconds: number;
}

export interface EndpointClientOptions {
  /** Connections that are kept open. @default 1 */
  readonly connections?: number;
  /** For one answer. @default 70 s: SageMaker gives a container 60, the rest is the way there and back */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 70_000;

/**
 * Calls SageMaker endpoints over connections that stay open, with requests that are signed beforehand: the SDK's client
 * costs more per request than many a model. Nothing is retried here, as that would hide a failure.
 */
export class EndpointClient {
  private readonly pool: Pool;

  constructor(
    private readonly target: RuntimeTarget,
    { connections = 1, timeoutMs = DEFAULT_TIMEOUT_MS }: EndpointClientOptions = {},
  ) {
    this.pool = new Pool(target.origin, {
      connections,
      pipelining: 1,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** Signs a request with SigV4 (service `sagemaker`). */
  async prepare(invocation: Invocation, signingDate = new Date()): Promise<SignedInvocation> {
    const { protocol, hostname, host, port } = new URL(this.target.origin);
    const { body } = invocation;
    const path = `${this.target.basePath}/endpoints/${encodeURIComponent(invocation.endpoint)}/invocations`;
    const signed = await this.target.signer.sign(
      {
        method: 'POST',
        protocol,
        hostname,
        ...(port === '' ? {} : { port: Number(port) }),
        path,
        query: {},
        headers: { host, ...headersOf(invocation) },
        body,
      },
      { signingDate },
    );
    return { path, headers: signed.headers, body };
  }

  /** Sends a signed request. Whatever goes wrong is an outcome, with the names that the SDK gives to errors. */
  send({ path, headers, body }: SignedInvocation): Promise<Timed> {
    return new Promise((resolve) => {
      const started = performance.now();
      const answer = new Collector((collected) => {
        resolve({ milliseconds: performance.now() - started, ...collected });
      });
      this.pool.dispatch({ method: 'POST', path, headers, body }, answer);
    });
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }
}

export const isError = (outcome: EndpointAnswer | EndpointError): outcome is EndpointError =>
  outcome instanceof EndpointError;

function headersOf({ body, contentType, accept, variant, inferenceId }: Invocation): Record<string, string> {
  return {
    'content-type': contentType ?? 'application/json',
    accept: accept ?? 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...(variant === undefined ? {} : { 'x-amzn-sagemaker-target-variant': variant }),
    ...(inferenceId === undefined ? {} : { 'x-amzn-sagemaker-inference-id': inferenceId }),
  };
}
