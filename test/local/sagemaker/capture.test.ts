import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { dataCaptureConfig } from '../../../lambda/rollout/capture';
import { createRandom } from '../../../lib/core/statistics';
import type { Core } from '../../../lib/local/sagemaker/core';
import { type DataCapture, encodingOf, keeps } from '../../../lib/local/sagemaker/endpoints/capture-config';
import { Captures } from '../../../lib/local/sagemaker/endpoints/captures';
import { ObjectStore } from '../../../lib/local/sagemaker/runtime/object-store';
import { trainedModel } from './artifacts';
import { BUCKET, eventually, IMAGE, ROLE, TestEngine } from './engine';
import { archive, INFERENCE } from './workload';

const DESTINATION = `s3://${BUCKET}/capture/blue=1/green=none`;
const capture = (more: Partial<DataCapture> = {}): DataCapture => ({
  EnableCapture: true,
  InitialSamplingPercentage: 100,
  DestinationS3Uri: DESTINATION,
  CaptureOptions: [{ CaptureMode: 'InputAndOutput' }],
  CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
  ...more,
});

test('content types that are not listed are kept as base64, whatever their parameters', () => {
  expect(encodingOf(capture(), 'application/json; charset=utf-8')).toBe('JSON');
  expect(encodingOf(capture(), 'TEXT/CSV')).toBe('CSV');
  expect(encodingOf(capture(), 'application/jsonlines')).toBe('BASE64');
  expect(encodingOf(capture({ CaptureContentTypeHeader: undefined }), 'application/json')).toBe('BASE64');
});

test('each side is kept only if an option says so, and none where capture is off', () => {
  const input = capture({ CaptureOptions: [{ CaptureMode: 'Input' }] });
  expect([keeps(input, 'Input'), keeps(input, 'Output')]).toEqual([true, false]);
  const both = capture({ CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }] });
  expect([keeps(both, 'Input'), keeps(both, 'Output')]).toEqual([true, true]);
  expect(keeps(capture({ EnableCapture: false }), 'Input')).toBe(false);
  expect(keeps(undefined, 'Input')).toBe(false);
});

describe('with storage', () => {
  const engine = new TestEngine();
  let s3: S3Client;

  beforeAll(async () => {
    await engine.start();
    await engine.makeBucket();
    s3 = new S3Client({ ...engine.aws(), forcePathStyle: true });
  });

  afterAll(async () => {
    s3.destroy();
    await engine.close();
  });

  const keys = async (prefix: string): Promise<readonly string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
    return Contents.map(({ Key = '' }) => Key);
  };
  const linesOf = async (prefix: string): Promise<readonly Record<string, unknown>[]> => {
    const texts = await Promise.all((await keys(prefix)).map(async (key) => (await engine.get(key)).toString()));
    return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
  };

  /** Captures of an endpoint of its own, at a date of the calendar. */
  function captures(config: DataCapture, at: () => Date, objects?: Pick<ObjectStore, 'write'>) {
    const context = { ...engine.context(), calendar: { now: at } };
    const core = {
      context,
      objects: objects ?? new ObjectStore(context),
      configs: { get: () => ({ input: { DataCaptureConfig: config } }) },
    } as unknown as Core;
    return new Captures(core, createRandom(7));
  }
  const request = (endpoint: string, body = '{"instances":[{"x":1}]}') => ({
    endpoint,
    variant: 'blue',
    input: { contentType: 'application/json', body: Buffer.from(body) },
    output: { contentType: 'application/json', body: Buffer.from('{"predictions":[{"score":0.5}]}') },
  });

  test('files lie by hour of the calendar, which may be years ahead', async () => {
    let now = new Date('2031-02-03T04:59:59.900Z');
    const own = captures(capture(), () => now);
    own.record('c', { ...request('hours'), inferenceId: 'order-1' });
    now = new Date('2031-02-03T05:00:00.100Z');
    own.record('c', request('hours'));
    await own.close();
    const found = await keys('capture/blue=1/green=none/hours/blue/');
    expect(found.map((key) => key.replace(/[0-9a-f-]{36}\.jsonl$/, 'ID'))).toEqual([
      'capture/blue=1/green=none/hours/blue/2031/02/03/04/59-59-900-ID',
      'capture/blue=1/green=none/hours/blue/2031/02/03/05/00-00-100-ID',
    ]);
    const [first, second] = await linesOf('capture/blue=1/green=none/hours/');
    expect(first).toEqual({
      captureData: {
        endpointInput: {
          observedContentType: 'application/json',
          mode: 'INPUT',
          data: '{"instances":[{"x":1}]}',
          encoding: 'JSON',
        },
        endpointOutput: {
          observedContentType: 'application/json',
          mode: 'OUTPUT',
          data: '{"predictions":[{"score":0.5}]}',
          encoding: 'JSON',
        },
      },
      eventMetadata: {
        eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        inferenceId: 'order-1',
        inferenceTime: '2031-02-03T04:59:59Z',
      },
      eventVersion: '0',
    });
    expect(second?.eventMetadata).not.toHaveProperty('inferenceId');
  });

  test('the share that was asked for is kept', async () => {
    const own = captures(capture({ InitialSamplingPercentage: 20 }), () => new Date('2031-01-01T00:00:00Z'));
    for (let i = 0; i < 2000; i += 1) own.record('c', request('share'));
    await own.close();
    const kept = (await linesOf('capture/blue=1/green=none/share/')).length;
    // 400 with a standard deviation of 18.
    expect(kept).toBeGreaterThan(330);
    expect(kept).toBeLessThan(470);
  });

  test('no file has more than 500 requests', async () => {
    const own = captures(capture(), () => new Date('2031-01-01T00:00:00Z'));
    for (let i = 0; i < 1201; i += 1) own.record('c', request('large'));
    await own.close();
    const files = await keys('capture/blue=1/green=none/large/');
    const lines = await Promise.all(
      files.map(async (key) => (await engine.get(key)).toString().split('\n').length - 1),
    );
    expect(lines.reduce((sum, count) => sum + count, 0)).toBe(1201);
    expect(Math.max(...lines)).toBeLessThanOrEqual(500);
  });

  test('what cannot be stored waits, and nothing is lost', async () => {
    const written: string[] = [];
    let works = false;
    const write = async (_uri: string, body: Buffer | string): Promise<void> => {
      if (!works) throw new Error('no storage');
      written.push(String(body));
    };
    const own = captures(capture(), () => new Date('2031-01-01T00:00:00Z'), { write });
    own.record('c', request('later', '{"instances":[{"x":1}]}'));
    await own.flush();
    expect(engine.lines.at(-1)).toBe('captured requests could not be stored: no storage');
    works = true;
    own.record('c', request('later', '{"instances":[{"x":2}]}'));
    await own.close();
    expect(written.join('').trimEnd().split('\n')).toHaveLength(2);
  });

  test('an endpoint with DataCaptureConfig keeps what it answered, and not what failed', async () => {
    const client = new SageMakerClient(engine.aws());
    const runtime = new SageMakerRuntimeClient({ ...engine.aws(), maxAttempts: 1 });
    const ModelDataUrl = await engine.put('model.tar.gz', trainedModel());
    const submit = await engine.put('sourcedir.tar.gz', archive({ 'inference.py': INFERENCE }));
    const Environment = { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: submit };
    const PrimaryContainer = { Image: IMAGE, ModelDataUrl, Environment };
    await client.send(new CreateModelCommand({ ModelName: 'm', ExecutionRoleArn: ROLE, PrimaryContainer }));
    const ProductionVariants = [
      { VariantName: 'blue', ModelName: 'm', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' as const },
    ];
    const DataCaptureConfig = dataCaptureConfig({ percent: 100, destination: DESTINATION });
    await client.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: 'c', ProductionVariants, DataCaptureConfig }),
    );
    const described = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'c' }));
    expect(described.DataCaptureConfig).toEqual(DataCaptureConfig);
    await client.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'c' }));
    await eventually(async () => {
      const found = await client.send(new DescribeEndpointCommand({ EndpointName: 'live' }));
      return found.EndpointStatus === 'InService' ? true : undefined;
    });
    const send = (x: number, InferenceId: string) =>
      runtime.send(
        new InvokeEndpointCommand({
          EndpointName: 'live',
          ContentType: 'application/json',
          InferenceId,
          Body: JSON.stringify({ instances: [{ x }] }),
        }),
      );
    await send(0.5, 'good');
    await expect(send(666, 'bad')).rejects.toThrow();
    await expect(send(0.5, 'x'.repeat(65))).rejects.toThrow('InferenceId must have at most 64 characters; it has 65.');
    const lines = await eventually(async () => {
      const found = await linesOf('capture/blue=1/green=none/live/blue/');
      return found.length > 0 ? found : undefined;
    });
    expect(lines.map(({ eventMetadata }) => (eventMetadata as { inferenceId?: string }).inferenceId)).toEqual(['good']);
    client.destroy();
    runtime.destroy();
  });
});
