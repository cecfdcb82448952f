import type { Call } from './phases';
import type { Layout } from './wasm';

/** How a Parquet file holds values; the numbers that the format gives them. */
const PHYSICAL = { INT32: 1, INT64: 2, FLOAT: 4, DOUBLE: 5, BYTE_ARRAY: 6 } as const;

export type PhysicalType = keyof typeof PHYSICAL;

/** A column of a row group, as far as unpacking needs it. */
export interface PackedChunk {
  readonly bytes: number;
  readonly rows: number;
  readonly type: PhysicalType;
  readonly snappy: boolean;
  /** Whether NULL may be there, which ends it. */
  readonly optional: boolean;
}

/** Room in which one thread unpacks one chunk after another: byte offsets. */
export interface UnpackRoom {
  /** The chunk as it lies in the file, and slack. */
  readonly packed: number;
  readonly page: number;
  readonly pageBytes: number;
  readonly dictionary: number;
  readonly dictionaryValues: number;
  /** 8 bytes a row. */
  readonly values: number;
}

/** Texts whose places stand for them. */
export interface TextNames {
  readonly at: number;
  readonly count: number;
  /** What stands for any other one, if it is ASCII: whether it is UTF-8 at all is not looked at here. @default none is allowed */
  readonly others?: number;
}

/** Largest of all chunks that are to be unpacked. */
export interface UnpackLimits {
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly rows: number;
}

/** Of these chunks. */
export function unpackLimits(
  chunks: readonly { readonly bytes: number; readonly unpackedBytes: number; readonly rows: number }[],
): UnpackLimits {
  const most = { packedBytes: 0, unpackedBytes: 0, rows: 0 };
  for (const { bytes, unpackedBytes, rows } of chunks) {
    most.packedBytes = Math.max(most.packedBytes, bytes);
    most.unpackedBytes = Math.max(most.unpackedBytes, unpackedBytes);
    most.rows = Math.max(most.rows, rows);
  }
  return most;
}

/** Bytes that kernels may touch beyond the end of what they read and write. */
const SLACK = 64;

export function takeUnpackRoom({ packedBytes, unpackedBytes, rows }: UnpackLimits, layout: Layout): UnpackRoom {
  return {
    packed: layout.take(packedBytes + SLACK),
    page: layout.take(unpackedBytes + SLACK),
    pageBytes: unpackedBytes,
    dictionary: layout.take(8 * rows),
    dictionaryValues: rows,
    values: layout.take(8 * rows + SLACK),
  };
}

/** Bytes of `names` in the memory: each behind its length. */
export function textNames(names: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const texts = names.map((name) => encoder.encode(name));
  const bytes = new Uint8Array(texts.reduce((sum, { length }) => sum + 4 + length, 0));
  let at = 0;
  for (const text of texts) {
    new DataView(bytes.buffer).setUint32(at, text.length, true);
    bytes.set(text, at + 4);
    at += 4 + text.length;
  }
  return bytes;
}

/**
 * Unpacks a chunk, which was read into the room: whole numbers become i64, others f64, texts places among the names, 8 bytes each.
 * Its result is 0 unless the chunk has NULL, an unknown text, or a form that is not known, or is damaged: DuckDB then says what of it.
 * Checksums are not looked at, as DuckDB does not by itself; damage that leaves a chunk in form changes values.
 *
 * @param to where values go
 */
export function unpackCall(
  { bytes, rows, type, snappy, optional }: PackedChunk,
  { packed, page, pageBytes, dictionary, dictionaryValues }: UnpackRoom,
  to: number,
  { at, count, others = -1 }: TextNames = { at: 0, count: 0 },
): Call {
  const kind = [PHYSICAL[type], snappy ? 1 : 0, optional ? 1 : 0];
  return ['unpack', packed, bytes, rows, ...kind, to, page, pageBytes, dictionary, dictionaryValues, at, count, others];
}
