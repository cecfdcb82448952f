import { randomUUID } from 'node:crypto';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '../engine/aws';
import type { EngineContext } from '../engine/ports';
import type { GatewayRequest, GatewayResponse, Watch } from '../gateway/service';
import { s3Address } from './address';
import { changesOf, type ObjectChange } from './change';

type Head = Omit<GatewayRequest, 'body'>;

/**
 * Tells the bus of objects that come and go in buckets whose notification configuration names EventBridge. It is told
 * before the client has its answer, so that whoever waits for the bus after an upload finds the upload's event.
 * Source of the events' form: Amazon S3 User Guide, EventBridge event message structure.
 */
export class S3Events {
  readonly #buckets = new Set<string>();
  readonly #client: S3Client;
  #last = 0;

  constructor(private readonly context: Pick<EngineContext, 'events' | 'account' | 'region' | 'endpointUrl' | 'log'>) {
    this.#client = new S3Client(awsClientConfig(context));
  }

  /** What to look at of a request; undefined if nothing. @param request its path in path style */
  watch(request: Head): Watch | undefined {
    const address = s3Address(request.path);
    const { bucket, key, query } = address;
    if (request.method === 'PUT' && key === '' && query.has('notification')) return this.#configure(bucket);
    if (!this.#buckets.has(bucket)) return undefined;
    const read = changesOf(request, address);
    if (read === undefined) return undefined;
    return {
      body: key === '',
      answered: async (answer, body) => {
        for (const change of read(answer, body)) await this.#publish(bucket, change, answer);
      },
    };
  }

  #configure(bucket: string): Watch {
    return {
      body: true,
      answered: async (_, body) => {
        if (body.includes('<EventBridgeConfiguration')) this.#buckets.add(bucket);
        else this.#buckets.delete(bucket);
      },
    };
  }

  async #publish(bucket: string, change: ObjectChange, answer: GatewayResponse): Promise<void> {
    const created = change.type === 'Object Created';
    this.context.events.publish({
      source: 'aws.s3',
      'detail-type': change.type,
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object: {
          key: change.key,
          ...(created && { ...(await this.#size(bucket, change)), etag: change.etag }),
          ...(change.version !== undefined && { 'version-id': change.version }),
          sequencer: this.#sequencer(),
        },
        'request-id': answer.headers['x-amz-request-id'] ?? randomUUID(),
        requester: this.context.account,
        'source-ip-address': '127.0.0.1',
        ...(created ? { reason: change.reason } : { reason: 'DeleteObject' }),
        ...(!created && change.deletion !== undefined && { 'deletion-type': change.deletion }),
      },
    });
  }

  /** No size is better than a wrong one: the object may have gone again. */
  async #size(Bucket: string, { key: Key, version }: ObjectChange): Promise<{ size?: number }> {
    const VersionId = version === undefined ? {} : { VersionId: version };
    try {
      const { ContentLength } = await this.#client.send(new HeadObjectCommand({ Bucket, Key, ...VersionId }));
      return ContentLength === undefined ? {} : { size: ContentLength };
    } catch (error) {
      this.context.log(`the size of s3://${Bucket}/${Key} could not be read for its event: ${String(error)}`);
      return {};
    }
  }

  /** Hexadecimal; greater for a later change. */
  #sequencer(): string {
    this.#last = Math.max(this.#last + 1, Date.now() * 1000);
    return this.#last.toString(16).toUpperCase().padStart(18, '0');
  }
}
