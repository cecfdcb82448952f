import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CodePipelineClient,
  GetPipelineStateCommand,
  ListPipelinesCommand,
  PipelineNotFoundException,
} from '@aws-sdk/client-codepipeline';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import { type Gateway, startGateway } from '../../../lib/local/gateway/gateway';
import { jsonService } from '../../../lib/local/gateway/json-service';
import { AwsError } from '../../../lib/local/gateway/service';
import { signedService } from '../../../lib/local/gateway/signature';

const updated = new Date('2026-11-20T10:00:00.500Z');
let upstream: Server;
let gateway: Gateway;
const logged: string[] = [];
const client = () => ({ ...awsClientConfig({ region: 'us-east-1', endpointUrl: gateway.url }), maxAttempts: 1 });

beforeAll(async () => {
  upstream = createServer((request, response) =>
    response.end(`${request.method} ${request.url} ${request.headers.host}`),
  );
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  gateway = await startGateway({
    fallbackUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    fallbackServices: ['s3'],
    log: (line) => logged.push(line),
  });
  gateway.register(
    jsonService({
      services: ['codepipeline'],
      targetPrefix: 'CodePipeline_20150709',
      operations: {
        ListPipelines: () => ({ pipelines: [{ name: 'p', updated }] }),
        GetPipelineState: ({ name }) => {
          if (name === 'bug') throw new TypeError('oops');
          throw new AwsError('PipelineNotFoundException', `no pipeline ${name}`);
        },
      },
    }),
  );
  gateway.register({
    services: ['sagemaker'],
    handle: async () => {
      throw new AwsError('ModelError', 'the model failed', 424, { OriginalStatusCode: 500 });
    },
  });
});
afterAll(async () => {
  await gateway.close();
  upstream.close();
});

test('dispatches by X-Amz-Target, and dates arrive as dates', async () => {
  const { pipelines } = await new CodePipelineClient(client()).send(new ListPipelinesCommand({}));
  expect(pipelines).toEqual([{ name: 'p', updated }]);
});

test('an AwsError becomes the exception class of the SDK, with its members', async () => {
  const found = new CodePipelineClient(client()).send(new GetPipelineStateCommand({ name: 'x' }));
  await expect(found).rejects.toBeInstanceOf(PipelineNotFoundException);
  await expect(found).rejects.toThrow('no pipeline x');
  const failed = new SageMakerRuntimeClient(client()).send(
    new InvokeEndpointCommand({ EndpointName: 'e', Body: '{}' }),
  );
  await expect(failed).rejects.toBeInstanceOf(ModelError);
  await expect(failed).rejects.toMatchObject({ OriginalStatusCode: 500 });
});

test('a fault of a handler is a 500 and is logged', async () => {
  const failed = new CodePipelineClient(client()).send(new GetPipelineStateCommand({ name: 'bug' }));
  await expect(failed).rejects.toMatchObject({ name: 'InternalFailure', message: 'TypeError: oops' });
  expect(logged).toEqual(['gateway: POST /: TypeError: oops']);
});

test('other services are passed on as they are', async () => {
  const { Body } = await new S3Client(client()).send(new GetObjectCommand({ Bucket: 'b', Key: 'dir/k' }));
  expect(await Body?.transformToString()).toBe(`GET /b/dir/k?x-id=GetObject ${new URL(gateway.url).host}`);
});

test.each([
  ['unsigned', {}, 403, 'carries no AWS signature'],
  [
    'of an unknown service',
    { authorization: scope('glue') },
    400,
    'does not have the service glue; it has codepipeline, s3, sagemaker.',
  ],
  [
    'of an unknown operation',
    { authorization: scope('codepipeline'), 'x-amz-target': 'CodePipeline_20150709.Fly' },
    400,
    'it has GetPipelineState, ListPipelines',
  ],
])('a request %s is refused in plain words', async (_kind, headers, status, words) => {
  const response = await fetch(gateway.url, { method: 'POST', headers });
  expect(response.status).toBe(status);
  expect(((await response.json()) as { message: string }).message).toContain(words);
});

function scope(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

test('the service of a presigned URL is read from its query', () => {
  const path = '/b/k?X-Amz-Credential=AKIA%2F20261121%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0';
  expect(signedService({ path, headers: {} })).toBe('s3');
});

test('a service has one handler', () => {
  expect(() =>
    gateway.register({ services: ['codepipeline'], handle: async () => ({ status: 200, headers: {}, body: '' }) }),
  ).toThrow('already has a handler');
});
