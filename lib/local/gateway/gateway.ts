import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorResponse } from './json-service';
import { proxy } from './proxy';
import { AwsError, type GatewayResponse, type ServiceHandler } from './service';
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
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, handlers, options).catch((error: unknown) => {
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, register, close: () => close(server) };
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handlers: ReadonlyMap<string, ServiceHandler>,
  options: GatewayOptions,
) {
  const headers = flatHeaders(incoming);
  const path = incoming.url ?? '/';
  const service = signedService({ path, headers });
  const handler = service === undefined ? undefined : handlers.get(service);
  if (handler !== undefined) {
    const request = { method: incoming.method ?? 'GET', path, headers, body: await readBody(incoming) };
    send(outgoing, await handle(handler, request));
  } else if (service !== undefined && options.fallbackServices.includes(service)) {
    await proxy(options.fallbackUrl, incoming, outgoing);
  } else {
    incoming.resume();
    const error =
      service === undefined ? unsigned() : unknownService(service, [...handlers.keys(), ...options.fallbackServices]);
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

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  const entries = Object.entries(incoming.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  return Object.fromEntries(entries);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
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
