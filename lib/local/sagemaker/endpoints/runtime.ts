import { performance } from 'node:perf_hooks';
import { AwsError, type GatewayRequest, type GatewayResponse, type ServiceHandler } from '../../gateway/service';
import type { Core } from '../core';
import { logFile } from '../runtime/container';
import type { Answer } from '../runtime/container-client';
import type { Captures } from './captures';
import type { Fleets } from './fleets';
import type { InvocationMetrics } from './metrics';
import type { EndpointRecord, VariantRecord } from './record';
import { Unavailable } from './server';

const MAX_BODY = 6 * 1024 * 1024;
const PATH = /^\/endpoints\/([^/?]+)\/invocations$/;
const HEADER = 'x-amzn-sagemaker-';
/** Refused: each would change which model answers. */
const UNSUPPORTED = ['target-model', 'target-container-hostname', 'inference-component', 'session-id'];

export interface RuntimeParts {
  readonly core: Core;
  readonly fleets: Fleets;
  readonly metrics: InvocationMetrics;
  readonly captures: Captures;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The SageMaker runtime: `POST /endpoints/<name>/invocations`, routed by weight or by the target variant header. */
export const runtimeHandler = (parts: RuntimeParts): ServiceHandler => ({
  services: [],
  handle: (request) => invoke(parts, request),
});

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

async function invoke(parts: RuntimeParts, request: GatewayRequest): Promise<GatewayResponse> {
  const startedAt = performance.now();
  const name = PATH.exec(request.path)?.[1];
  if (name === undefined || request.method !== 'POST') {
    throw invalid(
      `The one-machine engine does not have ${request.method} ${request.path}; it has POST /endpoints/<name>/invocations.`,
    );
  }
  refuseRequest(request);
  const endpoint = requireServing(parts.core, decodeURIComponent(name));
  const variant = choose(endpoint, request.headers[`${HEADER}target-variant`], parts.random);
  const server = parts.fleets.get(endpoint.name)?.get(variant.name);
  const modelAt = performance.now();
  let answer: Answer | undefined;
  try {
    if (server === undefined) throw new Unavailable(`variant ${variant.name} has no container`);
    answer = await server.invoke({ body: request.body, ...forwarded(request.headers) });
  } catch (error) {
    throw unanswered(parts.core, endpoint, variant, error);
  } finally {
    const now = performance.now();
    const modelLatency = (now - modelAt) * 1000;
    const overhead = (modelAt - startedAt) * 1000;
    parts.metrics.record({
      endpoint: endpoint.name,
      variant: variant.name,
      status: answer?.status,
      modelLatency,
      overhead,
    });
  }
  if (answer.status < 200 || answer.status > 299) throw modelError(parts.core, endpoint, variant, answer);
  parts.captures.record(endpoint.configName, {
    endpoint: endpoint.name,
    variant: variant.name,
    input: { contentType: request.headers['content-type'] ?? '', body: request.body },
    output: answer,
    inferenceId: request.headers[`${HEADER}inference-id`],
  });
  return {
    status: 200,
    headers: {
      'content-type': answer.contentType,
      'x-amzn-invoked-production-variant': variant.name,
      ...(answer.customAttributes !== undefined && { [`${HEADER}custom-attributes`]: answer.customAttributes }),
    },
    body: answer.body,
  };
}

function refuseRequest(request: GatewayRequest): void {
  if (request.body.length > MAX_BODY) {
    throw invalid(`The request body has ${request.body.length} bytes; at most ${MAX_BODY} (6 MB) are allowed.`);
  }
  for (const name of UNSUPPORTED) {
    if (request.headers[HEADER + name] !== undefined) {
      throw invalid(`${HEADER}${name} is not supported by the one-machine engine; supported: target-variant`);
    }
  }
  if ((request.headers[`${HEADER}custom-attributes`]?.length ?? 0) > 1024) {
    throw invalid('CustomAttributes must have at most 1024 characters.');
  }
  const id = request.headers[`${HEADER}inference-id`] ?? '';
  if (id.length > 64) throw invalid(`InferenceId must have at most 64 characters; it has ${id.length}.`);
}

/** Endpoints answer while they are updated: the old fleet serves until the new one is ready. */
function requireServing(core: Core, name: string): EndpointRecord {
  const endpoint = core.endpoints.get(name);
  if (endpoint === undefined) throw invalid(`Endpoint ${name} of account ${core.context.account} not found.`);
  if (endpoint.status !== 'InService' && endpoint.status !== 'Updating') {
    throw invalid(`Endpoint ${name} is in status ${endpoint.status}; it must be InService.`);
  }
  return endpoint;
}

/** The target variant if one is named, else one drawn with probability weight ÷ sum of weights. */
function choose(endpoint: EndpointRecord, target: string | undefined, random: () => number): VariantRecord {
  const { variants } = endpoint;
  if (target !== undefined) {
    const named = variants.find((each) => each.name === target);
    if (named !== undefined) return named;
    throw invalid(
      `Variant ${target} not found for endpoint ${endpoint.name}; it has ${variants.map((each) => each.name).join(', ')}.`,
    );
  }
  let left = random() * variants.reduce((sum, each) => sum + each.weight, 0);
  const weighted = variants.filter((each) => each.weight > 0);
  const drawn = weighted.find((each) => {
    left -= each.weight;
    return left < 0;
  });
  const chosen = drawn ?? weighted.at(-1);
  if (chosen === undefined) throw invalid(`Endpoint ${endpoint.name} has no variant with a weight above 0.`);
  return chosen;
}

function forwarded(headers: GatewayRequest['headers']) {
  const { 'content-type': contentType, accept } = headers;
  const customAttributes = headers[`${HEADER}custom-attributes`];
  const inferenceId = headers[`${HEADER}inference-id`];
  return {
    ...(contentType !== undefined && { contentType }),
    ...(accept !== undefined && { accept }),
    ...(customAttributes !== undefined && { customAttributes }),
    ...(inferenceId !== undefined && { inferenceId }),
  };
}

function unanswered(core: Core, endpoint: EndpointRecord, variant: VariantRecord, error: unknown): AwsError {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof Unavailable)
    return new AwsError('ServiceUnavailable', `Endpoint ${endpoint.name}: ${reason}`, 503);
  const body = Buffer.from(`Your invocation failed while waiting for a response from container primary: ${reason}`);
  return modelError(core, endpoint, variant, { status: 0, body });
}

function modelError(
  core: Core,
  endpoint: EndpointRecord,
  variant: VariantRecord,
  answer: Pick<Answer, 'status' | 'body'>,
): AwsError {
  const OriginalMessage = answer.body.toString('utf8').slice(0, 2048);
  const kind = answer.status >= 400 && answer.status < 500 ? 'client' : 'server';
  const log = logFile(core.context, `${endpoint.name}-${variant.name}`);
  const message = `Received ${kind} error (${answer.status}) from primary with message "${OriginalMessage}". See ${log} for more information.`;
  const { region, account, partition } = core.context;
  const group = `arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/Endpoints/${endpoint.name}`;
  const LogStreamArn = `${group}:log-stream:${variant.name}/one-machine`;
  return new AwsError('ModelError', message, 424, { OriginalStatusCode: answer.status, OriginalMessage, LogStreamArn });
}
