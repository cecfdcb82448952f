import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { COLUMN_TYPES, type DatasetConfig } from '../config/gates';
import { didYouMean } from '../core/nearest';
import { openTableFile } from '../engines/table-file';
import { type GoldenFile, type GoldenManifest, MANIFEST_SCHEMA } from './contract';
import { GoldenDataError } from './error';

export { GoldenDataError };

const fileSchema = z.object({
  path: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int(),
  rows: z.number().int(),
  columns: z.array(z.object({ name: z.string(), type: z.enum(COLUMN_TYPES) })),
  versionId: z.string().optional(),
});

const manifestSchema = z.object({
  schema: z.literal(MANIFEST_SCHEMA),
  name: z.string(),
  version: z.string(),
  digest: z.string(),
  files: z.array(fileSchema).min(1),
});

/** Digest over name, version and each file's path, SHA-256, bytes, rows, columns and types, in the order of paths. */
export function manifestDigest(manifest: Pick<GoldenManifest, 'name' | 'version' | 'files'>): string {
  const files = [...manifest.files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256, bytes, rows, columns }) => ({
      path,
      sha256,
      bytes,
      rows,
      columns: columns.map(({ name, type }) => ({ name, type })),
    }));
  const content = JSON.stringify({ name: manifest.name, version: manifest.version, files });
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/**
 * Reads a manifest.
 *
 * @param where named in errors
 * @throws GoldenDataError when it is none, or when its digest does not fit its content
 */
export function parseManifest(text: string, where: string): GoldenManifest {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new GoldenDataError(`${where}: is no JSON`, undefined, { cause: error });
  }
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new GoldenDataError(
      `${where}: is no ${MANIFEST_SCHEMA} manifest: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const manifest = parsed.data as GoldenManifest;
  const digest = manifestDigest(manifest);
  if (digest !== manifest.digest) {
    throw new GoldenDataError(`${where}: was changed by hand: it says ${manifest.digest}, its content has ${digest}`);
  }
  return manifest;
}

export function manifestText(manifest: GoldenManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** SHA-256 (hexadecimal) and size of a local file, streamed. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { sha256: hash.digest('hex'), bytes: statSync(path).size };
}

/** Describes the train and holdout file of a folder as gates.yaml declares them; S3 version ids are still unknown. */
export async function describeFolder(folder: string, dataset: DatasetConfig): Promise<GoldenManifest> {
  const files: GoldenFile[] = [];
  for (const path of new Set([dataset.train, dataset.holdout])) files.push(await describeFile(folder, path, dataset));
  const content = { name: dataset.name, version: dataset.version, files };
  return { schema: MANIFEST_SCHEMA, ...content, digest: manifestDigest(content) };
}

async function describeFile(folder: string, path: string, dataset: DatasetConfig): Promise<GoldenFile> {
  const file = join(folder, path);
  const columns = Object.entries(dataset.columns).map(([name, type]) => ({ name, type }));
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new GoldenDataError(
      `${file}: there is no such file (dataset.path, dataset.train and dataset.holdout name it)`,
    );
  }
  const table = await openTableFile({ path: file, name: basename(path) }, columns);
  for (const { name } of columns) {
    if (!table.header.includes(name)) {
      const hint = didYouMean(name, table.header);
      throw new GoldenDataError(`${path}: has no column "${name}"${hint}; it has ${table.header.join(', ')}`);
    }
  }
  let rows = 0;
  for await (const _row of table.rows) rows += 1;
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return {
    path,
    ...(await hashFile(file)),
    rows,
    columns: table.header.map((name) => ({ name, type: types.get(name) ?? 'string' })),
  };
}
