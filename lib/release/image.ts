import { BatchGetImageCommand, ECRClient, ECRServiceException } from '@aws-sdk/client-ecr';
import { parseEcrImage } from '../config/images';
import { UsageError } from './environment';

export interface ResolvedImage {
  /** `<repository>[:<tag>]@sha256:<digest>` */
  readonly image: string;
  readonly imageDigest: string;
}

/** Pins a container image by its digest, so that a moved tag cannot change a release. */
export async function resolveImage(image: string): Promise<ResolvedImage> {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  if (pinned !== undefined) return { image, imageDigest: pinned };
  const ecr = parseEcrImage(image);
  if (ecr?.tag === undefined) {
    throw new UsageError(
      `image "${image}" cannot be pinned: it is <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>, or any image with @sha256:<digest>`,
    );
  }
  const digest = await digestOf(new ECRClient({ region: ecr.region }), ecr.account, ecr.repository, ecr.tag);
  return { image: `${image}@${digest}`, imageDigest: digest };
}

async function digestOf(
  client: ECRClient,
  registryId: string,
  repositoryName: string,
  imageTag: string,
): Promise<string> {
  try {
    const { images, failures } = await client.send(
      new BatchGetImageCommand({ registryId, repositoryName, imageIds: [{ imageTag }] }),
    );
    const digest = images?.[0]?.imageId?.imageDigest;
    if (digest !== undefined) return digest;
    const why = failures?.[0]?.failureReason ?? 'the registry knows no such tag';
    throw new UsageError(`image ${repositoryName}:${imageTag} of registry ${registryId}: ${why}`);
  } catch (error) {
    if (!(error instanceof ECRServiceException)) throw error;
    const words = `image ${repositoryName}:${imageTag} of registry ${registryId}: ${error.name}: ${error.message}`;
    throw new Error(words, { cause: error });
  }
}
