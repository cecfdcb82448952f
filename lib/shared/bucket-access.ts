import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Reading objects by key pattern, e.g. `datasets/*`. Listing is part of it: without it S3 answers 403 instead of
 * 404 for an object that does not exist, and "missing" could not be told from "forbidden".
 */
export function allowRead(bucket: IBucket, grantee: IGrantable, ...keys: string[]): void {
  allow(
    grantee,
    ['s3:GetObject', 's3:GetObjectVersion'],
    keys.map((key) => bucket.arnForObjects(key)),
  );
  allow(grantee, ['s3:ListBucket'], [bucket.bucketArn]);
}

/** Listing the versions of objects by key pattern. */
export function allowListVersions(bucket: IBucket, grantee: IGrantable, ...keys: string[]): void {
  const conditions = { StringLike: { 's3:prefix': keys } };
  allow(grantee, ['s3:ListBucketVersions'], [bucket.bucketArn], conditions);
}

/** Where the bucket is. */
export const allowLocation = (bucket: IBucket, grantee: IGrantable): void =>
  allow(grantee, ['s3:GetBucketLocation'], [bucket.bucketArn]);

/** Writing objects by key pattern, large ones included. Objects are never deleted. */
export function allowWrite(bucket: IBucket, grantee: IGrantable, ...keys: string[]): void {
  allow(
    grantee,
    ['s3:PutObject', 's3:AbortMultipartUpload'],
    keys.map((key) => bucket.arnForObjects(key)),
  );
}

function allow(
  grantee: IGrantable,
  actions: string[],
  resources: string[],
  conditions: Readonly<Record<string, unknown>> = {},
): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources, conditions }));
}
