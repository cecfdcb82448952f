import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { awsClientConfig } from '../../../lib/local/engine/aws';
import type { Json } from '../../../lib/local/engine/json';
import { compilePattern } from '../../../lib/local/events/pattern';
import { retryPolicy } from '../../../lib/local/events/redelivery';
import { pathStyle } from '../../../lib/local/s3/address';
import { startTestEngine, temporaryFolder, writeAssembly } from '../harness';

const folder = temporaryFolder();
let engine: Awaited<ReturnType<typeof startTestEngine>>;
let s3: S3Client;
let events: Json[] = [];

const bucket = (BucketName: string, more: object) => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName, ...more } });
const NOTIFYING = { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } };

beforeAll(async () => {
  engine = await startTestEngine(folder.path);
  s3 = new S3Client({ ...awsClientConfig(engine.context), maxAttempts: 1 });
  engine.bus.target('arn:aws:test:', async ({ input }) => void events.push(JSON.parse(input)));
  engine.bus.putRule({
    name: 'objects',
    arn: 'arn:rule',
    enabled: true,
    matches: compilePattern({ source: ['aws.s3'] }),
    targets: [{ id: 'T', arn: 'arn:aws:test:seen', retry: retryPolicy(undefined) }],
  });
  const template = {
    Resources: {
      Golden: bucket('golden', { ...NOTIFYING, VersioningConfiguration: { Status: 'Enabled' } }),
      Plain: bucket('plain', NOTIFYING),
      Silent: bucket('silent', {}),
    },
  };
  await engine.deploy(writeAssembly({ Data: { template } }));
});
afterAll(async () => {
  s3.destroy();
  await engine.close();
  folder.remove();
});

/** What the work made the bus deliver, without a wait beyond the bus's own. */
async function during(work: () => Promise<unknown>): Promise<Json[]> {
  events = [];
  await work();
  await engine.bus.drain();
  return events;
}

const objectOf = (event: Json | undefined) => {
  const { detail } = event as { detail: { object: Record<string, unknown> } };
  return detail.object;
};

test('an upload is told with key, size, etag and version as AWS tells it', async () => {
  const key = 'landing/churn/März 1+2 (a&b).csv';
  let version: string | undefined;
  const told = await during(async () => {
    const answer = await s3.send(new PutObjectCommand({ Bucket: 'golden', Key: key, Body: 'id,label\n1,0\n' }));
    version = answer.VersionId;
  });
  expect(told).toEqual([
    {
      version: '0',
      id: expect.any(String),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '123456789012',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: ['arn:aws:s3:::golden'],
      detail: {
        version: '0',
        bucket: { name: 'golden' },
        object: {
          key,
          size: 13,
          etag: expect.stringMatching(/^[0-9a-f]{32}$/),
          'version-id': version,
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
        'request-id': expect.any(String),
        requester: '123456789012',
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    },
  ]);
});

test('a copy and a completed upload of parts are told once, with the size of the whole', async () => {
  const [copied] = await during(() =>
    s3.send(
      new CopyObjectCommand({
        Bucket: 'plain',
        Key: 'copy.csv',
        CopySource: 'golden/landing/churn/M%C3%A4rz%201%2B2%20(a%26b).csv',
      }),
    ),
  );
  expect(copied).toMatchObject({ detail: { reason: 'CopyObject', bucket: { name: 'plain' } } });
  expect(objectOf(copied)).toMatchObject({ key: 'copy.csv', size: 13, etag: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(objectOf(copied)).not.toHaveProperty('version-id');

  const upload = { Bucket: 'plain', Key: 'large.csv' };
  const part = Buffer.alloc(5 * 1024 * 1024, 'a');
  const told = await during(async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(upload));
    const Parts = [];
    for (const [PartNumber, Body] of [
      [1, part],
      [2, Buffer.from('b')],
    ] as const) {
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }));
  });
  expect(told.map(({ detail }) => (detail as Json).reason)).toEqual(['CompleteMultipartUpload']);
  expect(objectOf(told[0])).toMatchObject({
    key: 'large.csv',
    size: part.length + 1,
    etag: expect.stringMatching(/-2$/),
  });
});

test('deletions tell whether a marker was made or a version is gone, one by one and many at once', async () => {
  const put = (Bucket: string, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const { VersionId } = await put('golden', 'a');
  for (const key of ['p', 'q', 'r & s']) await put('plain', key);
  const told = await during(async () => {
    await s3.send(new DeleteObjectCommand({ Bucket: 'golden', Key: 'a' }));
    await s3.send(new DeleteObjectCommand({ Bucket: 'golden', Key: 'a', VersionId }));
    await s3.send(new DeleteObjectCommand({ Bucket: 'plain', Key: 'p' }));
  });
  const facts = (list: Json[]) =>
    list.map((event) => {
      const detail = event.detail as Json;
      return [event['detail-type'], detail.reason, objectOf(event).key, detail['deletion-type']];
    });
  expect(facts(told)).toEqual([
    ['Object Deleted', 'DeleteObject', 'a', 'Delete Marker Created'],
    ['Object Deleted', 'DeleteObject', 'a', 'Permanently Deleted'],
    ['Object Deleted', 'DeleteObject', 'p', 'Permanently Deleted'],
  ]);
  expect(objectOf(told[1])).toMatchObject({ 'version-id': VersionId });
  expect(objectOf(told[0])['version-id']).not.toBe(VersionId);
  const many = (Keys: string[], Quiet: boolean) =>
    during(() =>
      s3.send(new DeleteObjectsCommand({ Bucket: 'plain', Delete: { Objects: Keys.map((Key) => ({ Key })), Quiet } })),
    );
  expect(facts(await many(['q', 'r & s'], false)).map(([, , key]) => key)).toEqual(['q', 'r & s']);
  expect(facts(await many(['q'], true)).map(([, , key]) => key)).toEqual(['q']);
});

test('sequencers grow, and nothing is told of reads, tags, refused writes and other buckets', async () => {
  const told = await during(async () => {
    for (const Body of ['1', '2']) await s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'k', Body }));
  });
  const [first = '', second = ''] = told.map((event) => String(objectOf(event).sequencer));
  expect(first < second).toBe(true);
  const silent = await during(async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'silent', Key: 'k', Body: '1' }));
    await s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'k' })).then(({ Body }) => Body?.transformToString());
    await s3.send(
      new PutObjectTaggingCommand({ Bucket: 'plain', Key: 'k', Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }),
    );
    const again = s3.send(new PutObjectCommand({ Bucket: 'plain', Key: 'k', Body: '3', IfNoneMatch: '*' }));
    await expect(again).rejects.toBeInstanceOf(S3ServiceException);
    const source = { Bucket: 'plain', Key: 'c', CopySource: 'plain/none' };
    await expect(s3.send(new CopyObjectCommand(source))).rejects.toBeInstanceOf(S3ServiceException);
  });
  expect(silent).toEqual([]);
});

test('a bucket named by the host is served and told like one named by the path', async () => {
  const scope = 'Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x';
  const { port } = new URL(engine.context.endpointUrl);
  const { request } = await import('node:http');
  const told = await during(
    () =>
      new Promise((resolve, reject) => {
        const headers = { host: `plain.localhost:${port}`, authorization: `AWS4-HMAC-SHA256 ${scope}` };
        const put = request(
          { host: '127.0.0.1', port, method: 'PUT', path: '/by/host%20name.csv', headers },
          (answer) => answer.resume().on('end', () => resolve(answer.statusCode)),
        );
        put.on('error', reject).end('1,2,3');
      }),
  );
  expect(told.map((event) => [objectOf(event).key, objectOf(event).size])).toEqual([['by/host name.csv', 5]]);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'plain', Key: 'by/host name.csv' }));
  expect(await Body?.transformToString()).toBe('1,2,3');
});

test.each([
  ['/k?x-id=PutObject', 'golden.s3.amazonaws.com', '/golden/k?x-id=PutObject'],
  ['/k', 'my.golden.s3.eu-west-1.amazonaws.com', '/my.golden/k'],
  ['/', 'golden.localhost:4566', '/golden/'],
  ['/golden/k', '127.0.0.1:4566', '/golden/k'],
  ['/golden/k', 's3.amazonaws.com', '/golden/k'],
  ['/golden/k', undefined, '/golden/k'],
])('%s at %s is %s', (path, host, expected) => {
  expect(pathStyle(path, host)).toBe(expected);
});

test('other notifications are refused by name', async () => {
  const lambda = { NotificationConfiguration: { LambdaConfigurations: [] } };
  const template = { Resources: { Bad: bucket('bad', lambda) } };
  await expect(engine.deploy(writeAssembly({ Bad: { template } }))).rejects.toThrow(
    'NotificationConfiguration.LambdaConfigurations is not supported here; use EventBridgeConfiguration',
  );
});
