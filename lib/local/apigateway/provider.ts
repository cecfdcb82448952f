import { createHash } from 'node:crypto';
import { isObject } from '../engine/json';
import type { LambdaInvoker, ResolvedResource, ResourceProvider } from '../engine/ports';
import { Properties } from '../provision/properties';
import { type ApiContext, HttpApi, type StageSettings } from './http-api';

/** Ports of earlier engines by API, so that what senders were told goes on being right. */
const STATE = 'http-api-ports';

/** Requests a second, and at once, that AWS gives an account; what a stage without limits shares. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;

const LONGEST_TIMEOUT_MS = 30_000;
const ROUTE_KEY = /^(\$default|[A-Z]+ \/[^{}]*)$/;

/** The HTTP APIs of the assembly. */
export class HttpApis {
  private readonly apis = new Map<string, HttpApi>();
  readonly providers: readonly ResourceProvider[];

  constructor(
    private readonly context: ApiContext,
    private readonly lambda: LambdaInvoker,
  ) {
    this.providers = [
      { types: ['AWS::ApiGatewayV2::Api'], create: (resource) => this.createApi(resource) },
      { types: ['AWS::ApiGatewayV2::Integration'], create: async (resource) => this.createIntegration(resource) },
      { types: ['AWS::ApiGatewayV2::Route'], create: async (resource) => this.createRoute(resource) },
      { types: ['AWS::ApiGatewayV2::Stage'], create: async (resource) => this.createStage(resource) },
    ];
  }

  async close(): Promise<void> {
    await Promise.all([...this.apis.values()].map((api) => api.close()));
  }

  private async createApi(resource: ResolvedResource) {
    const properties = new Properties(resource).only(['Name', 'ProtocolType', 'Description', 'Tags']);
    const protocol = properties.requiredText('ProtocolType');
    if (protocol !== 'HTTP') throw properties.error(`ProtocolType must be HTTP here; found ${protocol}`);
    const id = identifier(resource);
    await this.apis.get(id)?.close();
    const api = new HttpApi(id, this.context, this.lambda);
    const ports = this.context.state.read<Record<string, number>>(STATE) ?? {};
    const url = await api.listen(ports[id] ?? 0);
    this.apis.set(id, api);
    this.context.state.write(STATE, { ...ports, [id]: Number(new URL(url).port) });
    return { ref: id, attributes: { ApiId: id, ApiEndpoint: url } };
  }

  private createIntegration(resource: ResolvedResource) {
    const properties = new Properties(resource).only([
      'ApiId',
      'Description',
      'IntegrationMethod',
      'IntegrationType',
      'IntegrationUri',
      'PayloadFormatVersion',
      'TimeoutInMillis',
    ]);
    required(properties, 'IntegrationType', 'AWS_PROXY');
    required(properties, 'PayloadFormatVersion', '2.0');
    const functionArn = properties.requiredText('IntegrationUri');
    if (!functionArn.startsWith('arn:aws:lambda:')) {
      throw properties.error(`IntegrationUri must be the ARN of a Lambda function; found ${functionArn}`);
    }
    const id = identifier(resource);
    const timeoutMs = properties.number('TimeoutInMillis') ?? LONGEST_TIMEOUT_MS;
    this.api(properties).integrations.set(id, { functionArn, timeoutMs });
    return { ref: id, attributes: { IntegrationId: id } };
  }

  private createRoute(resource: ResolvedResource) {
    const properties = new Properties(resource).only(['ApiId', 'AuthorizationType', 'RouteKey', 'Target']);
    const key = properties.requiredText('RouteKey');
    if (!ROUTE_KEY.test(key)) {
      throw properties.error(`RouteKey must be $default or a method and a path without variables; found ${key}`);
    }
    const authorization = properties.text('AuthorizationType') ?? 'NONE';
    if (authorization !== 'NONE' && authorization !== 'AWS_IAM') {
      throw properties.error(`AuthorizationType must be NONE or AWS_IAM here; found ${authorization}`);
    }
    const integrationId = properties.requiredText('Target').replace(/^integrations\//, '');
    this.api(properties).addRoute({ key, authorization, integrationId });
    return { ref: identifier(resource), attributes: { RouteId: identifier(resource) } };
  }

  private createStage(resource: ResolvedResource) {
    const properties = new Properties(resource).only([
      'AccessLogSettings',
      'ApiId',
      'AutoDeploy',
      'DefaultRouteSettings',
      'Description',
      'StageName',
      'Tags',
    ]);
    required(properties, 'StageName', '$default');
    required(properties, 'AutoDeploy', 'true');
    this.api(properties).setStage(stageSettings(properties));
    return { ref: '$default', attributes: {} };
  }

  private api(properties: Properties): HttpApi {
    const id = properties.requiredText('ApiId');
    const api = this.apis.get(id);
    if (api === undefined) throw properties.error(`ApiId: there is no API ${id}`);
    return api;
  }
}

function stageSettings(properties: Properties): StageSettings {
  const settings = properties.object('DefaultRouteSettings') ?? {};
  const known = ['DetailedMetricsEnabled', 'ThrottlingBurstLimit', 'ThrottlingRateLimit'];
  const unknown = Object.keys(settings).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw properties.error(`DefaultRouteSettings.${unknown} is not supported here; supported are ${known.join(', ')}`);
  }
  const { ThrottlingRateLimit: rate = ACCOUNT_RATE, ThrottlingBurstLimit: burst = ACCOUNT_BURST } = settings;
  const log = properties.object('AccessLogSettings');
  return {
    throttle: { rate: Number(rate), burst: Number(burst) },
    ...(isObject(log) && typeof log.Format === 'string' ? { logFormat: log.Format } : {}),
  };
}

function required(properties: Properties, name: string, value: string): void {
  const found = properties.text(name);
  if (found !== value) throw properties.error(`${name} must be ${value} here; found ${found ?? 'none'}`);
}

/** AWS draws ten characters; here they are a digest of where the resource stands, so that the next engine has the same. */
const identifier = ({ stack, logicalId }: ResolvedResource): string =>
  createHash('sha256').update(`${stack}/${logicalId}`).digest('hex').slice(0, 10);
