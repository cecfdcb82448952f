import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EndpointClient, type Invocation, isError } from '../../../lib/serving/endpoint/client';
import { EndpointError } from '../../../lib/serving/endpoint/errors';
import { captureSdkRequest, resolveTarget } from '../../../lib/serving/endpoint/target';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SESSION = { ...CREDENTIALS, sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLE//token+with/odd==' };
const signature = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const match = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  return { credential: match?.[1] ?? '', signed: match?.[2] ?? '', signature: match?.[3] ?? '' };
};

/** `20261121T050000Z` */
const dateOf = (headers: Readonly<Record<string, string>>): Date =>
  new Date((headers['x-amz-date'] ?? '').replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

describe('the signature is the SDK’s own', () => {
  const odd = JSON.stringify({ instances: [{ id: 'Ä "x" €', x: 1.5, nothing: null }] });
  test.each<[string, typeof CREDENTIALS, Invocation, string | undefined]>([
    ['by weight', CREDENTIALS, { endpoint: 'churn-production', body: '{"instances":[]}' }, undefined],
    [
      'a variant, an id, a session token',
      SESSION,
      { endpoint: 'e-1', body: odd, variant: 'green', inferenceId: 'C-17 a', accept: 'application/jsonlines' },
      undefined,
    ],
    ['a port of its own', SESSION, { endpoint: 'e', body: 'x', contentType: 'text/csv' }, 'http://127.0.0.1:8123'],
    ['a path before it', CREDENTIALS, { endpoint: 'e', body: Buffer.from([0, 255, 7]) }, 'http://127.0.0.1:8123/base'],
  ])('%s', async (_, credentials, invocation, endpoint) => {
    const config = { region: 'eu-central-1', credentials, ...(endpoint === undefined ? {} : { endpoint }) };
    const { request } = await captureSdkRequest(config, {
      EndpointName: invocation.endpoint,
      Body: typeof invocation.body === 'string' ? Buffer.from(invocation.body) : invocation.body,
      ContentType: invocation.contentType ?? 'application/json',
      Accept: invocation.accept ?? 'application/json',
      TargetVariant: invocation.variant,
      InferenceId: invocation.inferenceId,
    });
    const sdk = signature(request.headers);
    const target = await resolveTarget(config);
    const client = new EndpointClient(target);
    const ours = await client.prepare(invocation, dateOf(request.headers));
    expect(ours.path).toBe(request.path);
    expect(target.origin).toBe(
      endpoint?.replace('/base', '') ?? 'https://runtime.sagemaker.eu-central-1.amazonaws.com',
    );
    expect(signature(ours.headers).credential).toBe(sdk.credential);
    // What the SDK sends for its own book-keeping is the only difference.
    const bookkeeping = ['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-user-agent'];
    const kept = sdk.signed?.split(';').filter((name) => !bookkeeping.includes(name));
    expect(signature(ours.headers).signed?.split(';')).toEqual(kept);
    for (const name of kept ?? []) expect([name, ours.headers[name]]).toEqual([name, request.headers[name]]);
    // With that book-keeping, our signer reaches the SDK's signature byte by byte.
    const { authorization: _ours, ...headers } = ours.headers;
    const more = Object.fromEntries(bookkeeping.map((name) => [name, request.headers[name] ?? '']));
    const { hostname, port, protocol } = new URL(target.origin);
    const again = await target.signer.sign(
      {
        method: 'POST',
        protocol,
        hostname,
        ...(port === '' ? {} : { port: Number(port) }),
        path: ours.path,
        query: {},
        headers: { ...headers, ...more },
        body: ours.body,
      },
      { signingDate: dateOf(request.headers) },
    );
    expect(again.headers.authorization).toBe(request.headers.authorization);
    expect(sdk.signature).toHaveLength(64);
    await client.close();
  });

  test('a missing region or missing credentials are told in the SDK’s words', async () => {
    const noCredentials = () => Promise.reject(new Error('Could not load credentials from any providers'));
    await expect(resolveTarget({ region: 'us-east-1', credentials: noCredentials })).rejects.toThrow(
      'Could not load credentials',
    );
  });
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('over the wire', () => {
  let server: Server;
  let client: EndpointClient;
  let answer: (response: ServerResponse) => void;
  let seen: Seen[] = [];
  let connections = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        seen.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
        answer(response);
      });
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const target = await resolveTarget({ region: 'us-east-1', credentials: CREDENTIALS, endpoint });
    client = new EndpointClient(target, { timeoutMs: 1000 });
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const call = async (invocation: Partial<Invocation> = {}) =>
    client.send(await client.prepare({ endpoint: 'e', body: '{"a":"ä"}', ...invocation }));
  const answering = (status: number, headers: Record<string, string>, body: string): void => {
    answer = (response) => response.writeHead(status, headers).end(body);
  };

  test('what is sent arrives, on one connection', async () => {
    answering(200, { 'content-type': 'application/json', 'x-amzn-invoked-production-variant': 'green' }, '{"ok":1}');
    for (let i = 0; i < 3; i += 1) {
      const { outcome, bytes, milliseconds } = await call({ variant: 'green' });
      expect(outcome).toMatchObject({ contentType: 'application/json', variant: 'green' });
      expect(isError(outcome) ? '' : outcome.body.toString()).toBe('{"ok":1}');
      expect([bytes, milliseconds > 0]).toEqual([8, true]);
    }
    expect(seen).toHaveLength(3);
    expect(connections).toBe(1);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/endpoints/e/invocations', body: '{"a":"ä"}' });
    expect(seen[0]?.headers).toMatchObject({
      'content-length': '10',
      'content-type': 'application/json',
      'x-amzn-sagemaker-target-variant': 'green',
      authorization: expect.stringMatching(/\/us-east-1\/sagemaker\/aws4_request, /),
    });
  });

  test.each([
    [
      424,
      { 'x-amzn-errortype': 'ModelError:http://internal.amazon.com/coral/' },
      '{"OriginalStatusCode":500,"OriginalMessage":"KeyError: tenure","Message":"Received server error"}',
      'the model answered 500: KeyError: tenure',
      false,
    ],
    [
      400,
      {},
      '{"__type":"com.amazonaws#ValidationError","message":"no such endpoint"}',
      'ValidationError: no such endpoint',
      false,
    ],
    [429, {}, '{"message":"slow down"}', 'ThrottlingException: slow down', true],
    [
      400,
      { 'x-amzn-errortype': 'ThrottlingException' },
      '{"message":"Rate exceeded"}',
      'ThrottlingException: Rate exceeded',
      true,
    ],
    [503, {}, '<html>busy</html>', 'Http503: <html>busy</html>', true],
  ])('status %i is an error with the SDK’s name', async (status, headers, body, line, passing) => {
    answering(status, headers as Record<string, string>, body);
    const { outcome } = await call();
    expect(outcome).toBeInstanceOf(EndpointError);
    expect(outcome).toMatchObject({ status, line, passing });
  });

  test('a broken connection and a slow answer are errors of their own', async () => {
    answer = (response) => response.socket?.destroy();
    expect((await call()).outcome).toMatchObject({ name: 'UND_ERR_SOCKET', passing: true });
    answer = () => undefined;
    const { outcome, milliseconds } = await call();
    expect(outcome).toMatchObject({ name: 'TimeoutError', passing: false });
    expect(milliseconds).toBeGreaterThanOrEqual(900);
  });
});
