import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ZipFile } from 'yazl';
import type { Assembly, FileAsset } from '../assembly/types';
import { awsClientConfig } from '../engine/aws';
import type { EngineContext } from '../engine/ports';

/** What `cdk bootstrap` would have left in the account; templates ask for version 6 or later. */
const BOOTSTRAP_VERSION = { name: '/cdk-bootstrap/hnb659fds/version', value: '30' } as const;

/** The same folder must give the same bytes: entries are sorted and carry one time stamp. */
const ZIP_TIME = new Date('1980-01-01T00:00:00Z');

/** Publishes the file assets of all stacks, as `cdk deploy` does before it creates stacks. Present keys are left alone. */
export async function publishAssets(assembly: Assembly, context: EngineContext): Promise<void> {
  const config = awsClientConfig(context);
  const s3 = new S3Client(config);
  const parameter = {
    Name: BOOTSTRAP_VERSION.name,
    Value: BOOTSTRAP_VERSION.value,
    Type: 'String',
    Overwrite: true,
  } as const;
  await new SSMClient(config).send(new PutParameterCommand(parameter));
  const assets = assembly.stacks.flatMap((stack) => stack.assets);
  const byPlace = new Map(assets.map((asset) => [`${asset.bucket}/${asset.key}`, asset]));
  for (const bucket of new Set(assets.map((asset) => asset.bucket))) await ensureBucket(s3, bucket);
  for (const asset of byPlace.values()) await publish(s3, asset);
}

async function ensureBucket(s3: S3Client, bucket: string): Promise<void> {
  if (await exists(s3.send(new HeadBucketCommand({ Bucket: bucket })))) return;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
}

async function publish(s3: S3Client, asset: FileAsset): Promise<void> {
  const place = { Bucket: asset.bucket, Key: asset.key };
  if (await exists(s3.send(new HeadObjectCommand(place)))) return;
  const body = asset.packaging === 'zip' ? await zipFolder(asset.source) : readFileSync(asset.source);
  await s3.send(new PutObjectCommand({ ...place, Body: body }));
}

async function exists(head: Promise<unknown>): Promise<boolean> {
  try {
    await head;
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** A zip of every file below `folder`; equal content gives equal bytes. */
export async function zipFolder(folder: string): Promise<Buffer> {
  const zip = new ZipFile();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const { mode } = statSync(file);
    // Nobody waits for these bytes on a network, but everybody for their compression.
    const options = { mtime: ZIP_TIME, mode: mode & 0o111 ? 0o100755 : 0o100644, compressionLevel: 1 };
    zip.addBuffer(readFileSync(file), relative(folder, file).split(sep).join('/'), options);
  }
  zip.end();
  return buffer(zip.outputStream);
}
