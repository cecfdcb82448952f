import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { AwsClientConfig } from '../../local/engine/aws';

/** The command's own clients, pointed at the engine. */
export interface Clients {
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  close(): void;
}

export function createClients(config: AwsClientConfig): Clients {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sagemaker = new SageMakerClient(config);
  // A canary's failed answers must reach the counters as they are, not be retried away.
  const runtime = new SageMakerRuntimeClient({ ...config, maxAttempts: 1 });
  return {
    s3,
    sagemaker,
    runtime,
    close: () => {
      for (const client of [s3, sagemaker, runtime]) client.destroy();
    },
  };
}
