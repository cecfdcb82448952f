import { CopyObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { ActionFailed, type ActionOutcome, type ActionRun, onlyKeys, required } from '../action';

/** Takes a zip from a bucket. */
export async function runS3Source(run: ActionRun): Promise<ActionOutcome> {
  onlyKeys(run, ['S3Bucket', 'S3ObjectKey', 'PollForSourceChanges']);
  const bucket = required(run, 'S3Bucket');
  const key = required(run, 'S3ObjectKey');
  const { client } = run.objects;
  try {
    const { ETag = '', VersionId } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    if (VersionId === undefined) {
      throw new ActionFailed(
        'ConfigurationError',
        `The source bucket ${bucket} is not versioned, which CodePipeline requires.`,
      );
    }
    const source = `${encodeURIComponent(bucket)}/${encodeURIComponent(key)}?versionId=${encodeURIComponent(VersionId)}`;
    for (const output of run.outputs) {
      await client.send(new CopyObjectCommand({ Bucket: output.bucket, Key: output.key, CopySource: source }));
    }
    const variables = { BucketName: bucket, ETag: ETag.replaceAll('"', ''), ObjectKey: key, VersionId };
    return { variables, revision: { id: VersionId, summary: `s3://${bucket}/${key}` } };
  } catch (error) {
    if (error instanceof ActionFailed) throw error;
    const reason = error instanceof Error ? `${error.name} ${error.message}`.trim() : String(error);
    throw new ActionFailed('RevisionUnavailable', `The source s3://${bucket}/${key} cannot be read: ${reason}`);
  }
}
