import {
  type PackedChunk,
  type TextNames,
  textNames,
  type UnpackRoom,
  unpackCall,
} from '../../../lib/core/kernels/unpacking';
import { instantiate, type Kernels, Layout } from '../../../lib/core/kernels/wasm';

/** What the kernel says; see lib/core/kernels/assembly/pages.ts. */
export const [DONE, OTHER_FORM, DAMAGED, HAS_NULL, OTHER_TEXT] = [0, 1, 2, 3, 4] as const;

/** What is unpacked, but for its bytes. */
export interface Asked extends Omit<PackedChunk, 'bytes'> {
  /** Room for a page. @default 64 KiB */
  readonly pageBytes?: number;
  /** Room for a dictionary. @default as many values as rows */
  readonly dictionaryValues?: number;
  /** @default none */
  readonly names?: readonly string[];
  readonly others?: number;
}

/** How it ended, and 8 bytes a row. */
export interface Unpacked {
  readonly status: number;
  readonly values: Buffer;
}

const SLACK = 64;

interface Place {
  readonly kernels: Kernels;
  readonly bytes: Buffer;
}

const places = new Map<number, Place>();

/** A memory of at least so many bytes; a page of WebAssembly's has 64 KiB. */
function placeOf(needed: number): Place {
  const size = 2 ** Math.max(19, Math.ceil(Math.log2(needed)));
  const known = places.get(size);
  if (known !== undefined) return known;
  const layout = new Layout();
  layout.take(size - layout.bytes);
  const memory = layout.memory();
  const place = { kernels: instantiate(memory), bytes: Buffer.from(memory.buffer) };
  places.set(size, place);
  return place;
}

/**
 * Unpacks a chunk twice, into rooms between guards, and at the end of the memory, so that to read beyond the slack is a trap.
 *
 * @throws Error if a byte outside its rooms was written, or if what lies outside of the chunk has a say in what comes out
 */
export function unpackGuarded(chunk: Uint8Array, asked: Asked): Unpacked {
  const [first, second] = [once(chunk, asked, 0x00, false), once(chunk, asked, 0xff, true)];
  const differ = first.status === DONE && !first.values.equals(second.values);
  if (differ || first.status !== second.status)
    throw new Error('what lies outside of the chunk was read, and mattered');
  return first;
}

function once(chunk: Uint8Array, asked: Asked, fill: number, isChunkLast: boolean): Unpacked {
  const names = textNames(asked.names ?? []);
  const pageBytes = asked.pageBytes ?? 2 ** 16;
  const dictionaryValues = asked.dictionaryValues ?? asked.rows;
  const pieces = [
    [SLACK + chunk.length + SLACK, 'packed'],
    [8 * asked.rows, 'values'],
    [8 * dictionaryValues, 'dictionary'],
    [SLACK + names.length, 'names'],
    [pageBytes + SLACK, 'page'],
  ] as const;
  const { kernels, bytes } = placeOf(pieces.reduce((sum, [size]) => sum + size + SLACK, 0));
  // Downwards from the end of the memory, to the byte; a guard below each.
  const at = { packed: 0, values: 0, dictionary: 0, names: 0, page: 0 };
  let end = bytes.length;
  for (const [size, name] of isChunkLast ? pieces : [...pieces].reverse()) {
    at[name] = end - size;
    end = at[name] - SLACK;
  }
  at.packed += SLACK;
  bytes.fill(fill);
  bytes.set(chunk, at.packed);
  bytes.set(names, at.names);
  const before = Buffer.from(bytes);
  const room: UnpackRoom = { ...at, pageBytes, dictionaryValues };
  const texts: TextNames = {
    at: at.names,
    count: asked.names?.length ?? 0,
    ...(asked.others === undefined ? {} : { others: asked.others }),
  };
  const [, ...call] = unpackCall({ ...asked, bytes: chunk.length }, room, at.values, texts);
  const status = kernels.unpack(...call);
  const after = Buffer.from(bytes);
  const values = Buffer.from(bytes.subarray(at.values, at.values + 8 * asked.rows));
  const written = { values: 8 * asked.rows, dictionary: 8 * dictionaryValues, page: pageBytes + SLACK } as const;
  for (const [name, size] of Object.entries(written) as [keyof typeof written, number][]) {
    for (const all of [before, after]) all.fill(0, at[name], at[name] + size);
  }
  if (!before.equals(after)) throw new Error('it wrote outside of its rooms');
  return { status, values };
}
