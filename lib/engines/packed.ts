import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { TableError } from './table-error';

/** How a file is packed, told by its name. */
export type Packing = 'gz' | 'zst';

export function packingOf(name: string): Packing | undefined {
  const lower = name.toLowerCase();
  if (lower.endsWith('.gz')) return 'gz';
  return lower.endsWith('.zst') ? 'zst' : undefined;
}

/**
 * Reads a packed file to its end, because DuckDB takes one that was cut off for a shorter table.
 *
 * @param name for people; tells how it is packed
 * @throws TableError when it is cut off or damaged
 */
export async function checkPacked(path: string, name: string): Promise<void> {
  const packing = packingOf(name);
  if (packing === 'zst') return checkZstd(path, name);
  if (packing === undefined) return;
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), createGunzip({ chunkSize: 1 << 20 }), nowhere());
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const why = code === 'Z_BUF_ERROR' ? 'is cut off' : 'is damaged';
    if (code.startsWith('Z_')) throw new TableError(`${name}: ${why}: not a whole gzip file`, { cause: error });
    throw error;
  }
}

const nowhere = (): Writable => new Writable({ highWaterMark: 1 << 22, write: (_chunk, _encoding, done) => done() });

const FRAME = 0xfd2fb528;
const isSkippable = (magic: number): boolean => magic >>> 4 === 0x184d2a5;
const SKIPPABLE_HEADER = 8;
/** Magic number and the longest frame header (RFC 8878, 3.1.1.1). */
const LONGEST_HEADER = 18;
const BLOCK_HEADER = 3;
const [RLE, RESERVED] = [1, 3];

/** Walks over the sizes of all blocks (RFC 8878, 3.1.1), without unpacking: DuckDB checks what is in them. */
async function checkZstd(path: string, name: string): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let at = 0;
    do at = await endOfFrame(file, at);
    while (at < size && at > 0);
    if (at === 0) throw new TableError(`${name}: is damaged: not a zstd file`);
    if (at > size) throw new TableError(`${name}: is cut off: not a whole zstd file`);
  } finally {
    await file.close();
  }
}

/** 0 for what is no frame; beyond the end of the file where it was cut off. */
async function endOfFrame(file: FileHandle, start: number): Promise<number> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, start);
  if (bytesRead < 5) return bytesRead === 0 ? 0 : Number.POSITIVE_INFINITY;
  const magic = buffer.readUInt32LE(0);
  if (isSkippable(magic)) return start + SKIPPABLE_HEADER + buffer.readUInt32LE(4);
  if (magic !== FRAME) return 0;
  const descriptor = buffer.readUInt8(4);
  const single = (descriptor >> 5) & 1;
  const contentSize = [single, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  let at = start + 5 + (1 - single) + dictionary + contentSize;
  const header = Buffer.alloc(BLOCK_HEADER);
  for (;;) {
    if ((await file.read(header, 0, BLOCK_HEADER, at)).bytesRead < BLOCK_HEADER) return Number.POSITIVE_INFINITY;
    const block = header.readUIntLE(0, BLOCK_HEADER);
    const type = (block >> 1) & 3;
    if (type === RESERVED) return 0;
    at += BLOCK_HEADER + (type === RLE ? 1 : block >> 3);
    if ((block & 1) === 1) return at + ((descriptor >> 2) & 1) * 4;
  }
}
