import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { fromBufferPromise } from 'yauzl';
import { awsClientConfig } from '../engine/aws';
import type { EngineContext } from '../engine/ports';

/** Folder with the code of a zip in S3, unpacked once: assets are named by their content. */
export async function unpackFromS3(context: EngineContext, bucket: string, key: string): Promise<string> {
  const s3 = new S3Client(awsClientConfig(context));
  return unpack(context, `${bucket}/${key}`, async (folder) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new Error(`s3://${bucket}/${key} is empty`);
    await unzip(Buffer.from(await Body.transformToByteArray()), folder);
  });
}

/** Folder with inline code as `index.js`, which is how Lambda stores it. */
export function unpackInline(context: EngineContext, source: string): Promise<string> {
  return unpack(context, source, async (folder) => writeFileSync(join(folder, 'index.js'), source));
}

async function unpack(
  context: EngineContext,
  identity: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const target = join(context.stateDir, 'lambda', createHash('sha256').update(identity).digest('hex').slice(0, 32));
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await fill(unfinished);
  renameSync(unfinished, target);
  return target;
}

async function unzip(archive: Buffer, folder: string): Promise<void> {
  const zip = await fromBufferPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const path = resolve(folder, entry.fileName);
    if (!path.startsWith(`${resolve(folder)}${sep}`))
      throw new Error(`the code archive holds ${entry.fileName}, which points outside`);
    if (entry.fileName.endsWith('/')) continue;
    mkdirSync(dirname(path), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
  }
}
