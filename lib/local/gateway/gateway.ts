import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathStyle } from '../s3/address';
import { errorResponse } from './json-service';
import { flatHeaders, readBody } from './message';
import { proxy } from './proxy';
import { AwsError, type GatewayResponse, type ServiceHandler, type Watcher } from './service';
import { signedService } from './signature';

export interface GatewayOptions {
  /** @default none; more can be registered later, as most need the gateway's address first. */
  readonly handlers?: readonly ServiceHandler[];
  /** Address of the emulator that answers `fallbackServices`. */
  readonly fallbackUrl: string;
  readonly fallbackServices: readonly string[];
  /** Receives one line for each request that failed inside the engine. */
  readonly log?: (line: string) => void;
}

export interface Gateway {
  /** `http://127.0.0.1:<port>`: the AWS endpoint of the run. */
  readonly url: string;
  /** @throws Error if a service already has a handler. */
  register(handler: ServiceHandler): void;
  /** Lets somebody take part in what a service of the emulator is asked. */
  watch(service: string, watcher: Watcher): void;
  close(): Promise<void>;
}

/** Starts the one address that answers for all of AWS. Own handlers come first, the emulator answers the rest. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const handlers = new Map<string, ServiceHandler>();
  const register = (handler: ServiceHandler) => {
    for (const service of handler.services) {
      if (handlers.has(service)) throw new Error(`The service ${service} already has a handler.`);
      handlers.set(service, handler);
    }
  };
  for (const handler of options.handlers ?? []) register(handler);
  const watchers = new Map<string, Watcher>();
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, { ...options, handlers, watchers }).catch((error: unknown) => {
      options.log?.(`gateway: ${incoming.method} ${incoming.url}: ${describe(error)}`);
      if (outgoing.headersSent) outgoing.destroy();
      else send(outgoing, errorResponse(new AwsError('InternalFailure', describe(error), 500)));
    });
  });
  // Waits of handlers (a synchronous Lambda, an endpoint that starts) may be long; the caller has its own timeout.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    register,
    watch: (service, watcher) => void watchers.set(service, watcher),
    close: () => close(server),
  };
}

interface Answerers extends Pick<GatewayOptions, 'fallbackUrl' | 'fallbackServices'> {
  readonly handlers: ReadonlyMap<string, ServiceHandler>;
  readonly watchers: ReadonlyMap<string, Watcher>;
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, answerers: Answerers) {
  const { handlers, watchers, fallbackUrl, fallbackServices } = answerers;
  const headers = flatHeaders(incoming);
  const sent = incoming.url ?? '/';
  const service = signedService({ path: sent, headers });
  const path = service === 's3' ? pathStyle(sent, headers.host) : sent;
  const handler = service === undefined ? undefined : handlers.get(service);
  if (handler !== undefined) {
    const request = { method: incoming.method ?? 'GET', path, headers, body: await readBody(incoming) };
    send(outgoing, await handle(handler, request));
  } else if (service !== undefined && fallbackServices.includes(service)) {
    const watch = watchers.get(service)?.({ method: incoming.method ?? 'GET', path, headers });
    await proxy({ url: fallbackUrl, path, watch }, incoming, outgoing);
  } else {
    incoming.resume();
    const error =
      service === undefined ? unsigned() : unknownService(service, [...handlers.keys(), ...fallbackServices]);
    send(outgoing, errorResponse(error));
  }
}

async function handle(
  handler: ServiceHandler,
  request: Parameters<ServiceHandler['handle']>[0],
): Promise<GatewayResponse> {
  try {
    return await handler.handle(request);
  } catch (error) {
    if (error instanceof AwsError) return errorResponse(error);
    throw error;
  }
}

function unsigned(): AwsError {
  const message =
    'The request carries no AWS signature (SigV4), which names the service it is for. Sign it with any credentials.';
  return new AwsError('MissingAuthenticationTokenException', message, 403);
}

function unknownService(service: string, known: readonly string[]): AwsError {
  const list = [...new Set(known)].sort().join(', ');
  return new AwsError(
    'UnknownServiceException',
    `The one-machine engine does not have the service ${service}; it has ${list}.`,
  );
}

function send(outgoing: ServerResponse, response: GatewayResponse): void {
  outgoing.writeHead(response.status, { ...response.headers, 'content-length': Buffer.byteLength(response.body) });
  outgoing.end(response.body);
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Ends idle and open connections, so that a client's keep-alive cannot hold the engine. */
function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
