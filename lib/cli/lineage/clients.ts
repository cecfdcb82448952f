import { S3Client } from '@aws-sdk/client-s3';
import { ObjectStore } from '../../release/objects';
import { type RolloutClients, rolloutClients } from '../rollout/clients';

/** Clients of the account that the credentials lead to, or of `assay run` where AWS_ENDPOINT_URL points at it. */
export interface LineageClients extends RolloutClients {
  readonly s3: S3Client;
  readonly objects: ObjectStore;
}

export function lineageClients(region: string): LineageClients {
  const s3 = new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  return { ...rolloutClients(region), s3, objects: new ObjectStore(s3) };
}
