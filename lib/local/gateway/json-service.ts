import { randomUUID } from 'node:crypto';
import { isObject, type Json } from '../engine/json';
import { AwsError, type GatewayRequest, type GatewayResponse, type ServiceHandler } from './service';

/** One API operation: input members in, output members out. Dates in the output become epoch seconds. Throws AwsError. */
export type Operation = (input: Json, request: GatewayRequest) => Promise<object | undefined> | object | undefined;

export interface JsonServiceOptions {
  /** SigV4 names, e.g. `['states']`. */
  readonly services: readonly string[];
  /** Before the dot of X-Amz-Target, e.g. `AWSStepFunctions`. */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** Gets the requests of the same service that carry another target, or none (REST APIs). */
  readonly next?: ServiceHandler;
}

/** A service that speaks AWS JSON 1.0 or 1.1: the operation is named by the header X-Amz-Target. */
export function jsonService(options: JsonServiceOptions): ServiceHandler {
  return {
    services: options.services,
    handle: async (request) => {
      const target = request.headers['x-amz-target'];
      const [prefix, name = ''] = target?.split('.') ?? [];
      if (prefix !== options.targetPrefix && options.next !== undefined) return options.next.handle(request);
      try {
        return json(request, 200, (await dispatch(options, target, prefix, name, request)) ?? {});
      } catch (error) {
        if (error instanceof AwsError) return errorResponse(error, contentType(request));
        throw error;
      }
    },
  };
}

async function dispatch(
  options: JsonServiceOptions,
  target: string | undefined,
  prefix: string | undefined,
  name: string,
  request: GatewayRequest,
) {
  const operation =
    prefix === options.targetPrefix && Object.hasOwn(options.operations, name) ? options.operations[name] : undefined;
  if (operation === undefined) {
    const known = Object.keys(options.operations).sort().join(', ');
    const found = target ?? `${request.method} ${request.path}`;
    throw new AwsError(
      'UnknownOperationException',
      `The one-machine engine does not have ${found} (${options.services.join(', ')}); it has ${known}.`,
    );
  }
  return operation(parse(request), request);
}

function parse(request: GatewayRequest): Json {
  if (request.body.length === 0) return {};
  let input: unknown;
  try {
    input = JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    throw new AwsError('SerializationException', `The request body is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(input)) throw new AwsError('SerializationException', 'The request body must be a JSON object.');
  return input;
}

/** The JSON protocols carry time stamps as seconds since the epoch, not as text. */
function encode(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(encode);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, encode(member)]));
  return value;
}

const contentType = (request: GatewayRequest): string =>
  request.headers['content-type'] ?? 'application/x-amz-json-1.1';

function json(request: GatewayRequest, status: number, output: object): GatewayResponse {
  const headers = { 'content-type': contentType(request), 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(encode(output)) };
}

/** The error as the AWS JSON and REST-JSON protocols carry it: the SDK throws an exception named `error.code`. */
export function errorResponse(error: AwsError, type: string = 'application/json'): GatewayResponse {
  return {
    status: error.status,
    headers: { 'content-type': type, 'x-amzn-errortype': error.code, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify({ ...error.detail, __type: error.code, message: error.message }),
  };
}
