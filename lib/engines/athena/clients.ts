import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import type { LakeClients } from './gate';

/** Accounts have quotas for calls a second that others use too: the SDK waits longer each time. */
const ATTEMPTS = 10;

/** Clients for the account of the environment. `AWS_ENDPOINT_URL` points to an emulator, whose buckets are in its paths. */
export const lakeClients = (): LakeClients => ({
  athena: new AthenaClient({ maxAttempts: ATTEMPTS }),
  glue: new GlueClient({ maxAttempts: ATTEMPTS }),
  s3: new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
});
