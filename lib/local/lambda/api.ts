import { randomUUID } from 'node:crypto';
import { type EngineContext, LambdaError } from '../engine/ports';
import { AwsError, type GatewayRequest, type GatewayResponse, type ServiceHandler } from '../gateway/service';
import type { LambdaService } from './service';

const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?.*)?$/;

/** Lambda's Invoke API: RequestResponse, Event and DryRun. */
export function lambdaApi(service: LambdaService, context: EngineContext): ServiceHandler {
  return {
    services: ['lambda'],
    handle: async (request) => {
      const reference = request.method === 'POST' ? INVOKE.exec(request.path)?.[1] : undefined;
      if (reference === undefined) {
        throw new AwsError(
          'UnknownOperationException',
          `The one-machine engine does not have ${request.method} ${request.path} (lambda); it has Invoke.`,
        );
      }
      const name = decodeURIComponent(reference);
      const found = service.find(name);
      if (found === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
      return invoke(service, context, found.arn, request);
    },
  };
}

async function invoke(
  service: LambdaService,
  context: EngineContext,
  arn: string,
  request: GatewayRequest,
): Promise<GatewayResponse> {
  const event = parse(request.body);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    'x-amz-executed-version': '$LATEST',
  };
  if (type === 'DryRun') return { status: 204, headers, body: '' };
  if (type === 'Event') {
    service.invokeLater(arn, event).catch((error: unknown) => context.log(`lambda ${arn}: ${String(error)}`));
    return { status: 202, headers, body: '' };
  }
  if (type !== 'RequestResponse')
    throw new AwsError(
      'InvalidParameterValueException',
      `Invocation type must be RequestResponse, Event or DryRun; found ${type}.`,
    );
  try {
    return { status: 200, headers, body: JSON.stringify((await service.invoke(arn, event)) ?? null) };
  } catch (error) {
    if (!(error instanceof LambdaError)) throw error;
    const { errorType, message: errorMessage, trace } = error;
    return {
      status: 200,
      headers: { ...headers, 'x-amz-function-error': 'Unhandled' },
      body: JSON.stringify({ errorType, errorMessage, trace }),
    };
  }
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}
