import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import { DeleteModelCommand } from '@aws-sdk/client-sagemaker';
import { unlessMissing } from '../../../lambda/rollout/rollback-facts';
import { runPrefix } from '../../pipeline/contract';
import type { LineageClients } from './clients';
import { versionPages } from './run-objects';

/** Removes what a reproduction made: its model, and every version of every object of its run folder. */
export async function removeLeftovers(
  { s3, sagemaker }: LineageClients,
  { bucket, runId, model }: { readonly bucket: string; readonly runId: string; readonly model: string },
): Promise<void> {
  await unlessMissing(sagemaker.send(new DeleteModelCommand({ ModelName: model })));
  await removeFolder(s3, bucket, runPrefix(runId));
}

async function removeFolder(s3: S3Client, Bucket: string, prefix: string): Promise<void> {
  for await (const { Versions = [], DeleteMarkers = [] } of versionPages(s3, Bucket, prefix)) {
    const Objects = [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }) =>
      Key === undefined || VersionId === undefined ? [] : [{ Key, VersionId }],
    );
    if (Objects.length === 0) continue;
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const [failed] = Errors;
    if (failed !== undefined) throw new Error(`s3://${Bucket}/${failed.Key}: was not deleted: ${failed.Message}`);
  }
}
