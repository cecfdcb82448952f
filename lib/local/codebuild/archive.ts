import { createWriteStream } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { ZipFile as ZipWriter } from 'yazl';

/** A file for a zip: where it lies, and its path inside. */
export interface ArchiveFile {
  readonly path: string;
  readonly name: string;
}

const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;

/** Zips files; links are stored as the file they point to. */
export async function zip(files: readonly ArchiveFile[]): Promise<Buffer> {
  const writer = new ZipWriter();
  for (const file of files) writer.addFile(file.path, file.name);
  writer.end();
  const chunks: Buffer[] = [];
  for await (const chunk of writer.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Zips texts, e.g. the output of a state machine. */
export async function zipTexts(texts: Readonly<Record<string, string>>): Promise<Buffer> {
  const writer = new ZipWriter();
  for (const [name, text] of Object.entries(texts)) writer.addBuffer(Buffer.from(text), name);
  writer.end();
  const chunks: Buffer[] = [];
  for await (const chunk of writer.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Unpacks a zip into `folder`, with file modes and links. Refuses entries and links that lead out of the folder. */
export async function unzip(archive: Buffer, folder: string): Promise<void> {
  const root = resolve(folder);
  await forEachEntry(archive, async (entry, open) => {
    const target = inside(root, join(root, entry.fileName), entry.fileName);
    if (entry.fileName.endsWith('/')) {
      await mkdir(target, { recursive: true });
      return;
    }
    await mkdir(dirname(target), { recursive: true });
    const mode = entry.externalFileAttributes >>> 16;
    if ((mode & FILE_TYPE) === SYMLINK) {
      const destination = (await readAll(await open())).toString();
      inside(root, resolve(dirname(target), destination), entry.fileName);
      await symlink(destination, target);
      return;
    }
    await pipeline(await open(), createWriteStream(target, { mode: mode === 0 ? 0o644 : mode & 0o777 }));
  });
}

/** One text file of a zip, or undefined if there is none at this path. */
export async function readFromZip(archive: Buffer, path: string): Promise<string | undefined> {
  let text: string | undefined;
  await forEachEntry(archive, async (entry, open) => {
    if (entry.fileName === path) text = (await readAll(await open())).toString();
  });
  return text;
}

async function forEachEntry(
  archive: Buffer,
  visit: (entry: Entry, open: () => Promise<Readable>) => Promise<void>,
): Promise<void> {
  const file: ZipFile = await fromBufferPromise(archive, { lazyEntries: true });
  for await (const entry of file.eachEntry()) await visit(entry, () => file.openReadStreamPromise(entry));
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function inside(root: string, path: string, entry: string): string {
  const way = relative(root, path);
  if (way.startsWith('..') || isAbsolute(way)) throw new Error(`The archive's entry ${entry} leads out of its folder.`);
  return path;
}
