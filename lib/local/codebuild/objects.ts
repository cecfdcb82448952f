import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsClientConfig } from '../engine/aws';
import type { EngineContext } from '../engine/ports';
import type { ObjectLocation } from './artifacts';

/** Reads and writes whole objects of the run's S3. */
export class Objects {
  readonly client: S3Client;

  constructor(context: Pick<EngineContext, 'region' | 'endpointUrl'>) {
    this.client = new S3Client({ ...awsClientConfig(context), forcePathStyle: true });
  }

  async get({ bucket, key }: ObjectLocation): Promise<Buffer> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`s3://${bucket}/${key} cannot be read: ${reason}`, { cause: error });
    }
  }

  async put({ bucket, key }: ObjectLocation, body: Buffer): Promise<void> {
    await this.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/zip' }),
    );
  }

  close(): void {
    this.client.destroy();
  }
}
