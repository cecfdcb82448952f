import { type TextNames, type UnpackRoom, unpackCall } from '../../core/kernels/unpacking';
import type { Work } from '../crew';
import type { Chunk } from './paged-table';

/** A chunk, and the file in which it lies. */
export interface PlacedChunk extends Chunk {
  readonly path: string;
}

/** Calls that read a chunk into a thread's room and unpack it there. @param to where values go @default the room's own place */
export const unpackWork = (chunk: PlacedChunk, room: UnpackRoom, to = room.values, names?: TextNames): Work => [
  ['read', chunk.path, chunk.from, chunk.bytes, room.packed],
  unpackCall(chunk, room, to, names),
];
