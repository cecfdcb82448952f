import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { RUN, runFiles } from '../rollout/run-fixture';

/** The folder of a run behind the real S3 client, and an endpoint that answers over the wire with SageMaker's headers. */
export class World {
  readonly objects = new Map<string, string>();
  answer: (row: Readonly<Record<string, unknown>>) => unknown = (row) => ({ score: row.x });
  modelFails = false;
  /** Who answers, whatever variant was asked for. */
  servedBy: string | undefined;
  /** Target variants of the requests that came. */
  readonly requests: (string | undefined)[] = [];
  private readonly s3 = mockClient(S3Client);
  private readonly runtime: Server = createServer((request, response) => void this.invoked(request, response));

  constructor(serving: object = {}) {
    // Without a host name the port is there at once.
    this.runtime.listen(0);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: `http://localhost:${(this.runtime.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    for (const [key, text] of runFiles({}, serving)) this.objects.set(`runs/${RUN}/${key}`, text);
    this.s3.on(GetObjectCommand).callsFake(({ Key }) => {
      const text = this.objects.get(Key);
      if (text === undefined) throw new NoSuchKey({ $metadata: {}, message: 'The specified key does not exist.' });
      return { Body: sdkStreamMixin(Readable.from([Buffer.from(text)])) };
    });
    this.s3.on(PutObjectCommand).callsFake(({ Key, Body }) => {
      this.objects.set(Key, String(Body));
      return {};
    });
  }

  close(): void {
    this.s3.restore();
    this.runtime.closeAllConnections();
    this.runtime.close();
  }

  document(key: string): Record<string, unknown> {
    return JSON.parse(this.objects.get(`runs/${RUN}/${key}`) ?? 'null') as Record<string, unknown>;
  }

  /** `POST /endpoints/<name>/invocations`. */
  private async invoked(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { instances } = (await json(request)) as { instances: Record<string, unknown>[] };
    const target = request.headers['x-amzn-sagemaker-target-variant']?.toString();
    this.requests.push(target);
    if (this.modelFails) {
      response.writeHead(424, { 'x-amzn-errortype': 'ModelError' });
      const message = 'Received server error';
      response.end(JSON.stringify({ message, OriginalStatusCode: 500, OriginalMessage: 'KeyError: tenure' }));
      return;
    }
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-amzn-invoked-production-variant': this.servedBy ?? target ?? 'blue',
    });
    response.end(JSON.stringify({ predictions: instances.map(this.answer) }));
  }
}
