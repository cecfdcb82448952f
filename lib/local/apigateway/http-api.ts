import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsClientConfig } from '../engine/aws';
import { type EngineContext, LambdaError, type LambdaInvoker } from '../engine/ports';
import { accessLogFile, writeAccessLog } from './access-log';
import { type ApiAnswer, integrationAnswer, ownAnswer } from './answer';
import { type IamCaller, proxyEvent } from './event';
import { type ApiRequest, BodyTooLarge, readRequest } from './request';
import { isSigned } from './sigv4';
import { TokenBucket } from './token-bucket';

export interface Integration {
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface Route {
  /** `POST /webhook`, `ANY /x` or `$default`. */
  readonly key: string;
  readonly authorization: 'NONE' | 'AWS_IAM';
  readonly integrationId: string;
}

export interface StageSettings {
  /** Requests a second, and at once; for each route. @default - those of an account */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** @default - no log */
  readonly logFormat?: string;
}

/** What an API needs of the engine. */
export type ApiContext = Pick<
  EngineContext,
  'region' | 'account' | 'endpointUrl' | 'stateDir' | 'calendar' | 'state' | 'log'
>;

/** Request line and headers of HTTP APIs end here. */
const MOST_HEADER_BYTES = 10_240;
const STAGE = '$default';

/** One HTTP API: a server of its own on loopback that answers as API Gateway does. */
export class HttpApi {
  readonly integrations = new Map<string, Integration>();
  private readonly routes = new Map<string, Route & { readonly bucket: TokenBucket }>();
  private stage: StageSettings | undefined;
  private server: Server | undefined;

  constructor(
    readonly id: string,
    private readonly context: ApiContext,
    private readonly lambda: LambdaInvoker,
  ) {}

  /** @param port that of an earlier engine, if nobody else has it now @returns `http://127.0.0.1:<port>` */
  async listen(port: number): Promise<string> {
    const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, (incoming, outgoing) => {
      this.serve(incoming, outgoing).catch((error: unknown) => {
        this.context.log(`http api ${this.id}: ${String(error)}`);
        outgoing.destroy();
      });
    });
    this.server = server;
    await bind(server, port).catch(() => bind(server, 0));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  addRoute(route: Route): void {
    this.routes.set(route.key, { ...route, bucket: this.bucket() });
  }

  /** Until it has a stage, an API finds nothing. */
  setStage(stage: StageSettings): void {
    this.stage = stage;
    for (const [key, route] of this.routes) this.routes.set(key, { ...route, bucket: this.bucket() });
  }

  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    await new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  }

  private bucket(): TokenBucket {
    const { rate, burst } = this.stage?.throttle ?? { rate: 0, burst: 0 };
    return new TokenBucket(rate, burst);
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const begun = performance.now();
    const id = randomUUID();
    let request: ApiRequest;
    try {
      request = await readRequest(incoming, id, this.context.calendar.now());
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) throw error;
      incoming.resume();
      return this.send(outgoing, id, ownAnswer(413));
    }
    const route = this.stage === undefined ? undefined : this.match(request);
    const caller = route?.authorization === 'AWS_IAM' ? this.callerOf(request) : undefined;
    const answer = route === undefined ? ownAnswer(404) : await this.answer(request, route, caller);
    this.send(outgoing, id, answer);
    if (this.stage?.logFormat === undefined) return;
    writeAccessLog(accessLogFile(this.context.stateDir, this.id), this.stage.logFormat, {
      request,
      answer,
      latency: performance.now() - begun,
      ...(route === undefined ? {} : { routeKey: route.key }),
      ...(caller === undefined ? {} : { userArn: caller.userArn }),
    });
  }

  private send(outgoing: ServerResponse, id: string, { status, headers, body }: ApiAnswer): void {
    const lists = Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : [...value],
    ]);
    outgoing.writeHead(status, {
      ...Object.fromEntries(lists),
      date: this.context.calendar.now().toUTCString(),
      'apigw-requestid': id,
      'content-length': body.length,
    });
    outgoing.end(body);
  }

  private match({ method, path }: ApiRequest) {
    const { routes } = this;
    return routes.get(`${method} ${path}`) ?? routes.get(`ANY ${path}`) ?? routes.get('$default');
  }

  /** The one user that the engine knows. */
  private callerOf(request: ApiRequest): IamCaller | undefined {
    const { region, account } = this.context;
    const { credentials } = awsClientConfig(this.context);
    if (!isSigned(request, credentials, region, new Date())) return undefined;
    const { accessKeyId: accessKey } = credentials;
    return { accessKey, accountId: account, userArn: `arn:aws:iam::${account}:user/${accessKey}` };
  }

  private async answer(
    request: ApiRequest,
    { key, bucket, authorization, integrationId }: Route & { readonly bucket: TokenBucket },
    caller: IamCaller | undefined,
  ): Promise<ApiAnswer> {
    if (!bucket.take()) return ownAnswer(429);
    if (authorization === 'AWS_IAM' && caller === undefined) return ownAnswer(403);
    const integration = this.integrations.get(integrationId);
    if (integration === undefined) return ownAnswer(500);
    const event = proxyEvent(request, {
      accountId: this.context.account,
      apiId: this.id,
      stage: STAGE,
      routeKey: key,
      ...(caller === undefined ? {} : { caller }),
    });
    return this.invoke(integration, event);
  }

  private async invoke({ functionArn, timeoutMs }: Integration, event: unknown): Promise<ApiAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ApiAnswer>((done) => {
      timer = setTimeout(() => done(ownAnswer(503)), timeoutMs);
    });
    // A function that is too late goes on by itself, as on AWS.
    const invoked = this.lambda.invoke(functionArn, event).then(integrationAnswer, (error: unknown) => {
      this.context.log(`http api ${this.id}: ${String(error)}`);
      return ownAnswer(error instanceof LambdaError ? 500 : 503);
    });
    try {
      return await Promise.race([invoked, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
