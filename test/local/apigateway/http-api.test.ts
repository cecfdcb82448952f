import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignatureV4 } from '@smithy/signature-v4';
import { accessLogFile } from '../../../lib/local/apigateway/access-log';
import { LambdaError } from '../../../lib/local/engine/ports';
import { type Handler, NOW, send, startApis } from './harness';

let handler: Handler = () => ({ statusCode: 204 });
const apis = startApis((event) => handler(event));
afterAll(() => apis.close());

/** What the function is given for a request. */
async function eventOf(request: Parameters<typeof send>[1]): Promise<Readonly<Record<string, unknown>>> {
  let seen: Readonly<Record<string, unknown>> = {};
  handler = (event) => {
    seen = event;
    return { statusCode: 204 };
  };
  const url = await apis.api();
  const { status } = await send(url, { path: '/hook', ...request });
  expect(status).toBe(204);
  return seen;
}

describe('the event', () => {
  test('has the members of payload format 2.0', async () => {
    const event = await eventOf({
      path: '/hook?b=2&a=1&b=%C3%BC',
      headers: [
        'X-Name',
        'a',
        'x-name',
        'b',
        'Cookie',
        'c=1; d=2',
        'Content-Type',
        'application/json',
        'User-Agent',
        'u',
      ],
      body: '{"ü":1}',
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /hook',
      rawPath: '/hook',
      rawQueryString: 'b=2&a=1&b=%C3%BC',
      cookies: ['c=1', 'd=2'],
      headers: expect.objectContaining({ 'x-name': 'a,b', 'content-type': 'application/json', 'content-length': '8' }),
      queryStringParameters: { a: '1', b: '2,ü' },
      requestContext: {
        accountId: '123456789012',
        apiId: expect.stringMatching(/^[0-9a-z]{10}$/),
        domainName: '127.0.0.1',
        domainPrefix: '127',
        http: { method: 'POST', path: '/hook', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'u' },
        requestId: expect.any(String),
        routeKey: 'POST /hook',
        stage: '$default',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: NOW.getTime(),
      },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
    const names = Object.keys(event.headers as object);
    expect(names.filter((name) => name !== name.toLowerCase() || name === 'cookie' || name === 'connection')).toEqual(
      [],
    );
  });

  test.each(['text/plain', 'application/json; charset=utf-8', 'application/xml', 'application/javascript'])(
    'a body of %s is text',
    async (type) => {
      expect(await eventOf({ headers: ['content-type', type], body: 'ab' })).toMatchObject({
        body: 'ab',
        isBase64Encoded: false,
      });
    },
  );

  test.each([
    ['application/octet-stream'],
    ['application/jsonlines'],
    ['application/x-www-form-urlencoded'],
    [undefined],
  ])('a body of %s is base64', async (type) => {
    const headers = type === undefined ? [] : ['content-type', type];
    const body = Buffer.from([0xff, 0x00, 0x61]);
    expect(await eventOf({ headers, body })).toMatchObject({ body: '/wBh', isBase64Encoded: true });
  });

  test('a request without a body has none', async () => {
    const event = await eventOf({});
    expect(event).not.toHaveProperty('body');
    expect(event.isBase64Encoded).toBe(false);
  });

  test.each(['content-type', 'host', 'webhook-id', 'user-agent', 'authorization'])(
    'a repeated %s is joined',
    async (name) => {
      const { headers } = await eventOf({ headers: [name, 'text/a', name, 'text/b'] });
      expect((headers as Record<string, string>)[name]).toMatch(/text\/a,text\/b$/);
    },
  );
});

describe('the answer', () => {
  const answerOf = async (result: unknown) => {
    handler = () => result;
    return send(await apis.api(), { path: '/hook' });
  };

  test('is what the function says', async () => {
    const body = Buffer.from([0xc3, 0xbc]).toString('base64');
    const answer = await answerOf({
      statusCode: 201,
      headers: { 'Content-Type': 'text/x', 'X-A': 1 },
      cookies: ['a=1', 'b=2'],
      body,
      isBase64Encoded: true,
    });
    expect(answer).toMatchObject({
      status: 201,
      headers: {
        'content-type': 'text/x',
        'x-a': '1',
        'set-cookie': ['a=1', 'b=2'],
        date: NOW.toUTCString(),
        'apigw-requestid': expect.any(String),
      },
      text: 'ü',
    });
  });

  test('a result without a status is the body of a success', async () => {
    expect(await answerOf({ a: 1 })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      text: '{"a":1}',
    });
    expect(await answerOf('text')).toMatchObject({ status: 200, text: 'text' });
  });

  test.each([
    [{ statusCode: 'x' }],
    [{ statusCode: 200, body: {} }],
    [{ statusCode: 200, headers: 'x' }],
    [{ statusCode: 99 }],
  ])('%j is no answer: 500', async (result) => {
    expect(await answerOf(result)).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' });
  });

  test('an error of the function is 500 and tells nothing; one that takes too long is 503', async () => {
    handler = () => Promise.reject(new LambdaError('RangeError', 'secret detail'));
    expect(await send(await apis.api(), { path: '/hook' })).toMatchObject({
      status: 500,
      text: '{"message":"Internal Server Error"}',
    });
    handler = () => new Promise(() => undefined);
    expect(await send(await apis.api({ integration: { TimeoutInMillis: 60 } }), { path: '/hook' })).toMatchObject({
      status: 503,
      text: '{"message":"Service Unavailable"}',
    });
  });
});

test('other paths, other methods and a trailing slash are not found', async () => {
  const url = await apis.api();
  for (const request of [{ path: '/' }, { path: '/hook/' }, { path: '/hook', method: 'GET' }, { path: '/HOOK' }]) {
    expect(await send(url, request)).toMatchObject({ status: 404, text: '{"message":"Not Found"}' });
  }
});

test('the stage throttles each route', async () => {
  handler = () => ({ statusCode: 204 });
  const stage = { DefaultRouteSettings: { ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 3 } };
  const url = await apis.api({ stage });
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(url, { path: '/hook' })));
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 204, 204, 429, 429, 429, 429, 429]);
  expect(answers.find(({ status }) => status === 429)?.text).toBe('{"message":"Too Many Requests"}');
  // The other route has requests left.
  expect((await send(url, { path: '/hook/iam' })).status).toBe(403);
});

test('bodies above 10 MB and headers above 10 kB are refused', async () => {
  handler = () => ({ statusCode: 204 });
  const url = await apis.api();
  expect((await send(url, { path: '/hook', body: Buffer.alloc(10_000_000) })).status).toBe(204);
  expect(await send(url, { path: '/hook', body: Buffer.alloc(10_000_001) })).toMatchObject({ status: 413 });
  expect((await send(url, { path: '/hook', headers: ['x', 'y'.repeat(10_300)] })).status).toBe(431);
});

test('the access log has the stage’s format, and no body', async () => {
  handler = () => ({ statusCode: 204 });
  const Format =
    '{"r":"$context.routeKey","s":$context.status,"ip":"$context.identity.sourceIp","x":"$context.nothing"}';
  const url = await apis.api({ stage: { AccessLogSettings: { DestinationArn: 'arn:aws:logs:x', Format } } });
  await send(url, { path: '/hook', body: 'words of the sender' });
  await send(url, { path: '/other' });
  const { ref } = await apis.create('Api', { Name: 'n', ProtocolType: 'HTTP' });
  expect(readFileSync(accessLogFile(apis.folder, ref), 'utf8')).toBe(
    '{"r":"POST /hook","s":204,"ip":"127.0.0.1","x":"-"}\n{"r":"-","s":404,"ip":"127.0.0.1","x":"-"}\n',
  );
});

test('the next engine has the API where it was', async () => {
  const before = await apis.api();
  await apis.restart();
  expect(await apis.api()).toBe(before);
});

describe('IAM', () => {
  class Sha256 {
    private readonly hash: Hash | Hmac;
    constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
      this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Buffer);
    }
    update(data: Uint8Array | string): void {
      this.hash.update(data);
    }
    digest(): Promise<Uint8Array> {
      return Promise.resolve(this.hash.digest());
    }
    reset(): void {}
  }
  const sign = async (
    url: string,
    {
      body = '{"a":1}',
      service = 'execute-api',
      region = 'us-east-1',
      secret = 'assay-local',
      date = new Date(),
      query = {},
    } = {},
  ): Promise<string[]> => {
    const credentials = { accessKeyId: 'assay-local', secretAccessKey: secret };
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    const { host, hostname } = new URL(url);
    const signed = await signer.sign(
      {
        method: 'POST',
        protocol: 'http:',
        hostname,
        path: '/hook/iam',
        query,
        headers: { host, 'content-type': 'application/json' },
        body,
      },
      { signingDate: date },
    );
    return Object.entries(signed.headers)
      .flat()
      .filter((_, at, all) => all[at - (at % 2)] !== 'host');
  };
  const body = '{"a":1}';
  const path = '/hook/iam';
  let url: string;

  beforeEach(async () => {
    handler = (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext) });
    url = await apis.api();
  });

  test('a signed request goes through, and the function learns who signed', async () => {
    const answer = await send(url, { path, headers: await sign(url), body });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({
      authorizer: {
        iam: {
          accessKey: 'assay-local',
          accountId: '123456789012',
          userArn: 'arn:aws:iam::123456789012:user/assay-local',
        },
      },
    });
    const headers = await sign(url, { query: { b: 'x y', a: 'ü*' } });
    expect((await send(url, { path: `${path}?b=x%20y&a=%C3%BC*`, headers, body })).status).toBe(200);
  });

  test.each([
    ['another body', {}, '{"a":2}'],
    ['another service', { service: 'lambda' }, body],
    ['another region', { region: 'eu-west-1' }, body],
    ['another secret', { secret: 'guessed' }, body],
    ['an old date', { date: new Date(Date.now() - 3_600_000) }, body],
    ['a date to come', { date: new Date(Date.now() + 3_600_000) }, body],
  ])('%s is forbidden', async (_what, signing, sent) => {
    expect(await send(url, { path, headers: await sign(url, signing), body: sent })).toMatchObject({
      status: 403,
      text: '{"message":"Forbidden"}',
    });
  });

  test('no signature, and one for another path, are forbidden', async () => {
    expect((await send(url, { path, body })).status).toBe(403);
    expect((await send(url, { path: `${path}?x=1`, headers: await sign(url), body })).status).toBe(403);
    const twice = await sign(url);
    expect((await send(url, { path, headers: [...twice, ...twice], body })).status).toBe(403);
  });
});

describe('what the engine does not have is refused by name', () => {
  test.each([
    ['Api', { Name: 'n', ProtocolType: 'WEBSOCKET' }, 'ProtocolType must be HTTP here; found WEBSOCKET'],
    ['Api', { Name: 'n', ProtocolType: 'HTTP', CorsConfiguration: {} }, 'does not support CorsConfiguration'],
    ['Integration', { IntegrationType: 'HTTP_PROXY' }, 'IntegrationType must be AWS_PROXY here; found HTTP_PROXY'],
    [
      'Integration',
      { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '1.0' },
      'PayloadFormatVersion must be 2.0 here; found 1.0',
    ],
    ['Route', { RouteKey: 'GET /{id}' }, 'found GET /{id}'],
    [
      'Route',
      { RouteKey: 'GET /a', AuthorizationType: 'JWT' },
      'AuthorizationType must be NONE or AWS_IAM here; found JWT',
    ],
    ['Stage', { StageName: 'prod' }, 'StageName must be $default here; found prod'],
    ['Stage', { StageName: '$default' }, 'AutoDeploy must be true here; found none'],
    ['Route', { RouteKey: 'GET /a', Target: 'integrations/x', ApiId: 'gone' }, 'there is no API gone'],
  ])('%s %j', async (type, properties, problem) => {
    await expect(apis.create(type, properties)).rejects.toThrow(problem);
  });
});
