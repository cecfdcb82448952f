import * as z from 'zod';
import { AwsError } from '../gateway/service';
import type { Core } from './core';
import { imageDigest, LOCAL_REPOSITORIES } from './runtime/images';
import { type Operations, operation } from './shape';

const shape = z.looseObject({
  registryId: z.string().optional(),
  repositoryName: z.string(),
  imageIds: z.array(z.object({ imageTag: z.string().optional(), imageDigest: z.string().optional() })).optional(),
});

/** The slice of ECR that resolves an image: every tag of a repository in the table is the local runtime. */
export function ecrOperations({ context, tools }: Core): Operations {
  const resolve = async (input: z.infer<typeof shape>) => {
    const registryId = input.registryId ?? context.account;
    if (!LOCAL_REPOSITORIES.includes(input.repositoryName)) {
      throw new AwsError(
        'RepositoryNotFoundException',
        `The repository with name '${input.repositoryName}' does not exist in the registry with id '${registryId}'; the one-machine engine has ${LOCAL_REPOSITORIES.join(', ')}`,
      );
    }
    const digest = await imageDigest(tools);
    const asked = input.imageIds ?? [{ imageTag: 'latest' }];
    const known = asked.filter((id) => id.imageDigest === undefined || id.imageDigest === digest);
    return { registryId, digest, known, unknown: asked.filter((id) => !known.includes(id)) };
  };
  return {
    DescribeImages: operation(shape, async (input) => {
      const { registryId, digest, known, unknown } = await resolve(input);
      if (unknown.length > 0) {
        throw new AwsError(
          'ImageNotFoundException',
          `The local runtime has digest ${digest}, not ${unknown[0]?.imageDigest}`,
        );
      }
      const imageTags = known.flatMap((id) => id.imageTag ?? []);
      const { repositoryName } = input;
      return { imageDetails: [{ registryId, repositoryName, imageDigest: digest, imageTags }] };
    }),
    BatchGetImage: operation(shape, async (input) => {
      const { registryId, digest, known, unknown } = await resolve(input);
      return {
        images: known.map((id) => ({
          registryId,
          repositoryName: input.repositoryName,
          imageId: { ...id, imageDigest: digest },
        })),
        failures: unknown.map((imageId) => ({
          imageId,
          failureCode: 'ImageNotFound',
          failureReason: `The local runtime has digest ${digest}`,
        })),
      };
    }),
  };
}
