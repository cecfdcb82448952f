import { HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { placeOf } from './athena/stubs';
import { TableError } from './table-error';

/** Version id of the object that a reader without a version gets. @throws TableError where there is none */
export async function currentVersion(uri: string): Promise<string | undefined> {
  const s3 = new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  const { bucket, key } = placeOf(uri);
  try {
    return (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).VersionId;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    throw new TableError(`${uri}: ${error.name}`, { cause: error });
  } finally {
    s3.destroy();
  }
}
