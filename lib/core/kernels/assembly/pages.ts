// Values of a column chunk of a Parquet file, without NULL, as 8 bytes each; see ../pages.ts. What is none of the plain forms is
// refused, and somebody who knows all of Parquet reads it. Source: apache/parquet-format, parquet.thrift and Encodings.md.

import {
  at, byte, DATA_V2, DICTIONARY, encoding, INDEX, kind, levelBytes, levelEncoding, nulls, packed, packedBytes, pass, readHeader,
  seek, sound, unpackedBytes, values, varint,
} from './page-headers';
import { unpackSnappy } from './snappy';

/** How it ended, or why it is none for this. */
const DONE: u32 = 0;
const OTHER_FORM: u32 = 1;
const DAMAGED: u32 = 2;
const HAS_NULL: u32 = 3;
const OTHER_TEXT: u32 = 4;

/** Physical types. */
const INT32: u32 = 1;
const INT64: u32 = 2;
const FLOAT: u32 = 4;
const DOUBLE: u32 = 5;
const BYTE_ARRAY: u32 = 6;

/** Encodings. */
const PLAIN: u32 = 0;
const PLAIN_DICTIONARY: u32 = 2;
const RLE: u32 = 3;
const RLE_DICTIONARY: u32 = 8;

/**
 * Unpacks the chunk of `bytes` bytes at `chunk` to `rows` values at `to`: whole numbers as i64, others as f64, texts as their places
 * among `names`.
 *
 * @param snappy 1 for pages in Snappy's format, 0 for unpacked ones
 * @param optional 1 if NULL may be there
 * @param page room for `room` bytes and slack: a page, unpacked
 * @param dictionary room for 8 bytes a value of a dictionary, `most` of them
 * @param names `known` texts, each behind its length as u32
 * @param others what stands for a text that is not among the names; −1 refuses it
 */
export function unpack(
  chunk: usize, bytes: u32, rows: u32, type: u32, snappy: u32, optional: u32, to: usize, page: usize, room: u32,
  dictionary: usize, most: u32, names: usize, known: u32, others: i32,
): u32 {
  const end = chunk + <usize>bytes;
  let next = chunk;
  let entries: u32 = 0;
  let read: u32 = 0;
  while (read < rows) {
    seek(next, end);
    readHeader();
    if (!sound || <usize>packedBytes > end - at) return DAMAGED;
    const start = at + <usize>(kind == DATA_V2 ? levelBytes : 0);
    next = at + <usize>packedBytes;
    if (kind == INDEX) continue;
    if (unpackedBytes > room) return OTHER_FORM;
    if (start > next || levelBytes > unpackedBytes) return DAMAGED;
    const size = unpackedBytes - levelBytes;
    const isPacked = snappy != 0 && packed && size > 0;
    if (isPacked ? !unpackSnappy(start, next, page, size) : <usize>size > next - start) return DAMAGED;
    let from = isPacked ? page : start;
    const last = from + <usize>size;
    let status: u32;
    if (kind == DICTIONARY) {
      if (values > most) return OTHER_FORM;
      entries = values;
      status = readDictionary(from, last, type, dictionary, names, known, others);
    } else {
      if (values > rows - read) return DAMAGED;
      if (kind == DATA_V2 ? nulls != 0 : optional != 0) {
        if (kind == DATA_V2) return HAS_NULL;
        if (levelEncoding != RLE) return OTHER_FORM;
        const length: usize = last - from < 4 ? 0 : load<u32>(from);
        if (length == 0 || length > last - from - 4) return DAMAGED;
        from += 4;
        if (!areOnes(from, from + length, values)) return sound ? HAS_NULL : DAMAGED;
        from += length;
      }
      status = readValues(from, last, type, to + (<usize>read << 3), dictionary, entries);
      read += values;
    }
    if (status != DONE) return status;
  }
  return DONE;
}

function readDictionary(
  from: usize, end: usize, type: u32, to: usize, names: usize, known: u32, others: i32,
): u32 {
  if (encoding != PLAIN && encoding != PLAIN_DICTIONARY) return OTHER_FORM;
  return type == BYTE_ARRAY ? readNames(from, end, to, names, known, others) : copyPlain(from, end, type, to);
}

function readValues(from: usize, end: usize, type: u32, to: usize, dictionary: usize, entries: u32): u32 {
  if (encoding == PLAIN) return copyPlain(from, end, type, to);
  if (encoding != PLAIN_DICTIONARY && encoding != RLE_DICTIONARY) return OTHER_FORM;
  return lookUpIndices(from, end, to, dictionary, entries);
}

/** As many numbers as the header says. */
function copyPlain(from: usize, end: usize, type: u32, to: usize): u32 {
  const wide = type == INT64 || type == DOUBLE;
  if (!wide && type != INT32 && type != FLOAT) return OTHER_FORM;
  if (<usize>values << (wide ? 3 : 2) > end - from) return DAMAGED;
  if (wide) {
    memory.copy(to, from, <usize>values << 3);
    return DONE;
  }
  const stop = to + (<usize>values << 3);
  if (type == INT32) for (; to < stop; to += 8, from += 4) store<i64>(to, <i64>load<i32>(from));
  else for (; to < stop; to += 8, from += 4) store<f64>(to, <f64>load<f32>(from));
  return DONE;
}

/** Places of a dictionary's texts among the names. */
function readNames(from: usize, end: usize, to: usize, names: usize, known: u32, others: i32): u32 {
  for (let entry: u32 = 0; entry < values; entry++, to += 8) {
    if (end - from < 4) return DAMAGED;
    const length = <usize>load<u32>(from);
    from += 4;
    if (length > end - from) return DAMAGED;
    let name = names;
    let place: u32 = 0;
    for (; place < known; place++) {
      const own = <usize>load<u32>(name);
      if (own == length && memory.compare(name + 4, from, length) == 0) break;
      name += 4 + own;
    }
    if (place == known && others < 0) return OTHER_TEXT;
    store<i64>(to, place == known ? <i64>others : <i64>place);
    from += length;
  }
  return DONE;
}

/** Runs of indices, and the value of each. */
function lookUpIndices(from: usize, end: usize, to: usize, dictionary: usize, entries: u32): u32 {
  seek(from, end);
  const width = values == 0 ? 0 : byte();
  if (width > 32) return DAMAGED;
  const bytes = (width + 7) >> 3;
  for (const stop = to + (<usize>values << 3); to < stop; ) {
    const header = varint();
    const left = <u64>(stop - to) >> 3;
    const run = <usize>min((header & 1) == 0 ? header >> 1 : (header >> 1) * 8, left);
    if (!sound || run == 0) return DAMAGED;
    const here = at;
    if ((header & 1) == 0) {
      pass(bytes);
      const index: u32 = bytes == 0 ? 0 : <u32>(load<u64>(here) & (u64.MAX_VALUE >> (64 - 8 * <u64>bytes)));
      if (!sound || index >= entries) return DAMAGED;
      const value = load<u64>(dictionary + (<usize>index << 3));
      for (const after = to + (run << 3); to < after; to += 8) store<u64>(to, value);
    } else {
      // The last group of a page may be cut short.
      const needed = (<u64>run * <u64>width + 7) >> 3;
      pass(<u64>run == left ? needed : (header >> 1) * <u64>width);
      if (!sound || !lookUpPacked(here, width, run, to, dictionary, entries)) return DAMAGED;
      to += run << 3;
    }
  }
  return DONE;
}

// @ts-ignore: decorator
@inline
function lookUpPacked(from: usize, width: u32, run: usize, to: usize, dictionary: usize, entries: u32): bool {
  const mask: u64 = (<u64>1 << <u64>width) - 1;
  let bit: usize = 0;
  for (const after = to + (run << 3); to < after; to += 8, bit += <usize>width) {
    const index = <u32>((load<u64>(from + (bit >> 3)) >> <u64>(bit & 7)) & mask);
    if (index >= entries) return false;
    store<u64>(to, load<u64>(dictionary + (<usize>index << 3)));
  }
  return true;
}

/** Whether `count` levels of one bit are all 1. */
function areOnes(from: usize, end: usize, count: u32): bool {
  seek(from, end);
  for (let left = <u64>count; left > 0; ) {
    const header = varint();
    const isRun = (header & 1) == 0;
    const levels = min(isRun ? header >> 1 : (header >> 1) * 8, left);
    if (!sound || levels == 0) return false;
    left -= levels;
    if (isRun) {
      if (byte() != 1) return false;
      continue;
    }
    for (let bit: u64 = 0; bit < levels; bit += 8) {
      const wanted: u32 = levels - bit >= 8 ? 255 : (<u32>1 << <u32>(levels - bit)) - 1;
      if ((byte() & wanted) != wanted) return false;
    }
  }
  return sound;
}

/** 1 for each of `n` values of 8 bytes that equals `value`, a whole number, and 0 for others: a byte each. */
export function markEqual(from: usize, n: u32, value: f64, to: usize): u32 {
  const wanted = <i64>value;
  for (let row: usize = 0; row < <usize>n; row++) store<u8>(to + row, load<i64>(from + (row << 3)) == wanted ? 1 : 0);
  return DONE;
}

/** The lower 16 bits of `n` values of 8 bytes. */
export function narrow(from: usize, n: u32, to: usize): u32 {
  for (let row: usize = 0; row < <usize>n; row++) store<u16>(to + (row << 1), load<u16>(from + (row << 3)));
  return DONE;
}

/** 0 if `bytes` bytes are the same, 1 if not. */
export function differ(a: usize, b: usize, bytes: u32): u32 {
  const end = a + (<usize>bytes & ~7);
  for (; a < end; a += 8, b += 8) if (load<u64>(a) != load<u64>(b)) return 1;
  for (const last = a + (<usize>bytes & 7); a < last; a++, b++) if (load<u8>(a) != load<u8>(b)) return 1;
  return 0;
}
