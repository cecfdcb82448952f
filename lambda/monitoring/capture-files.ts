import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { releaseInKey } from '../../lib/core/rollout/capture';
import { VARIANTS } from '../../lib/core/rollout/endpoint';
import { MONITORING_FOLDERS } from '../../lib/monitoring/contract';

export interface CaptureFile {
  readonly key: string;
  /** That answered. */
  readonly release: string;
  /** Bytes. */
  readonly size: number;
}

/** Whose captures, and of when: milliseconds since 1970. */
export interface CaptureQuery {
  readonly endpoint: string;
  /** @default - every release */
  readonly release?: string;
  readonly from: number;
  readonly to: number;
}

const HOUR_MS = 3_600_000;

/**
 * Capture files whose hours touch the window, in order of their names by configuration and variant. An hour before and
 * after is taken along: files are named by when they were begun.
 */
export async function listCaptures(s3: S3Client, Bucket: string, query: CaptureQuery): Promise<readonly CaptureFile[]> {
  const files: CaptureFile[] = [];
  const [first, last] = [hourOf(query.from - HOUR_MS), hourOf(query.to + HOUR_MS)];
  for (const { folder, release } of await variantFolders(s3, Bucket, query)) {
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: folder, StartAfter: folder + first });
    listing: for await (const { Contents = [] } of pages) {
      for (const { Key = '', Size = 0 } of Contents) {
        if (Key.slice(folder.length, folder.length + last.length) > last) break listing;
        files.push({ key: Key, release, size: Size });
      }
    }
  }
  return files;
}

/** `2026/11/21/06` */
const hourOf = (time: number): string => new Date(time).toISOString().slice(0, 13).replace(/[-T]/g, '/');

/**
 * Folders with a variant's captures, one for each configuration that its release was part of. One listing for each release
 * that was blue, whatever the number of releases that are asked for.
 */
async function variantFolders(
  s3: S3Client,
  Bucket: string,
  { endpoint, release }: CaptureQuery,
): Promise<readonly { readonly folder: string; readonly release: string }[]> {
  const found = [];
  for (const below of await foldersIn(s3, Bucket, MONITORING_FOLDERS.capture)) {
    for (const configuration of await foldersIn(s3, Bucket, below)) {
      for (const variant of VARIANTS) {
        const behind = releaseInKey(configuration, variant);
        if (behind === undefined || behind !== (release ?? behind)) continue;
        found.push({ folder: `${configuration}${endpoint}/${variant}/`, release: behind });
      }
    }
  }
  return found;
}

/** Folders directly below, each with the slash at its end. */
export async function foldersIn(s3: S3Client, Bucket: string, Prefix: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix, Delimiter: '/' })) {
    folders.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix: folder }) => folder ?? []));
  }
  return folders;
}

/** Of more bytes than may be read every k-th file, spread evenly over time. */
export function sampleFiles(
  files: readonly CaptureFile[],
  maxBytes: number,
): { readonly files: readonly CaptureFile[]; readonly every: number; readonly bytes: number } {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const every = Math.max(1, Math.ceil(bytes / maxBytes));
  return { files: files.filter((_, i) => i % every === 0), every, bytes };
}

/** Longest line that is looked at: both sides of the largest request, in base64. */
const LONGEST_LINE = 24 * 1024 * 1024;

/** One line of a file, or what is wrong with it. Lines without a character are left out. */
export type FileLine = { readonly number: number } & (
  | { readonly text: string; readonly cutOff: boolean }
  | { readonly tooLong: true }
);

/**
 * Reads a file line by line, as it comes. The last line is cut off when nothing ends it.
 *
 * @returns undefined where the file has expired since it was listed
 */
export async function captureLines(
  s3: S3Client,
  Bucket: string,
  Key: string,
): Promise<AsyncIterable<FileLine> | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Body === undefined ? undefined : linesOf(Body as AsyncIterable<Uint8Array>);
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

export async function* linesOf(chunks: AsyncIterable<Uint8Array>, longest = LONGEST_LINE): AsyncGenerator<FileLine> {
  const decoder = new TextDecoder();
  // Pieces of the line that has not ended: put together once, for a line may come in hundreds of chunks.
  let held: string[] = [];
  let [length, number, skipping] = [0, 1, false];
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      const text = held.length === 0 ? piece : held.join('') + piece;
      if (!skipping && text.trim() !== '') yield { number, text, cutOff: false };
      held = [];
      [length, number, skipping] = [0, number + 1, false];
    }
    held.push(rest);
    length += rest.length;
    if (length <= longest) continue;
    if (!skipping) yield { number, tooLong: true };
    held = [];
    [length, skipping] = [0, true];
  }
  const text = held.join('') + decoder.decode();
  if (!skipping && text.trim() !== '') yield { number, text, cutOff: true };
}
