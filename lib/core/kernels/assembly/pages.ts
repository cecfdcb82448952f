// Values of a column chunk of a Parquet file, without NULL, as 8 bytes each; see ../pages.ts. What is none of the plain forms is
// refused, and somebody who knows all of Parquet reads it. Source: apache/parquet-format, parquet.thrift and Encodings.md.

import {
  at, byte, DATA_V2, DICTIONARY, encoding, INDEX, kind, levelBytes, levelEncoding, nulls, packed, packedBytes, pass, readHeader,
  repetitionBytes, seek, sound, unpackedBytes, values, varint,
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
 * among `names`. Whatever the bytes are, it ends, and writes only to its rooms. Checksums are not looked at, as DuckDB does not: where
 * damage leaves a page in form, its values are others.
 *
 * @param chunk behind it 64 bytes may be read, but nothing of them matters
 * @param snappy 1 for pages in Snappy's format, 0 for unpacked ones
 * @param optional 1 if NULL may be there
 * @param page room for `room` bytes, and 64 of slack: a page, unpacked
 * @param dictionary room for 8 bytes a value of a dictionary, `most` of them
 * @param names `known` texts, each behind its length as u32
 * @param others what stands for a text of ASCII that is not among the names; −1 refuses it
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
    const body = at;
    next = body + <usize>packedBytes;
    if (kind == INDEX) continue;
    let status = openBody(body, next, snappy != 0, page, room);
    if (status == DONE && kind == DICTIONARY) {
      if (values > most) return OTHER_FORM;
      entries = values;
      status = readDictionary(type, dictionary, names, known, others);
    } else if (status == DONE) {
      if (values > rows - read) return DAMAGED;
      status = passLevels(body, optional != 0);
      if (status == DONE) status = readValues(type, to + (<usize>read << 3), dictionary, entries, names, known, others);
      read += values;
    }
    if (status != DONE) return status;
  }
  return DONE;
}

/** Texts of a page without a dictionary: of more, each would be looked for among the names too often. */
const MOST_TEXTS: u32 = 16_384;

/** Where values of the page lie, unpacked. */
let begin: usize = 0;
let last: usize = 0;

/** Unpacks what lies between the levels of a page of the second version, which never are packed, and its end. */
function openBody(body: usize, next: usize, snappy: bool, page: usize, room: u32): u32 {
  if (unpackedBytes > room) return OTHER_FORM;
  const levels = kind == DATA_V2 ? levelBytes : 0;
  if (levels > packedBytes || levels > unpackedBytes) return DAMAGED;
  const size = unpackedBytes - levels;
  begin = body + <usize>levels;
  if (size > 0 && snappy && packed) {
    if (!unpackSnappy(begin, next, page, size)) return DAMAGED;
    begin = page;
  } else if (size > 0 && <usize>size != next - begin) return DAMAGED;
  last = begin + <usize>size;
  return DONE;
}

/** Looks at the levels, which tell what is NULL; those of a page of the first version lie before its values. */
function passLevels(body: usize, optional: bool): u32 {
  let levels = body;
  let length: usize = 0;
  if (kind == DATA_V2) {
    if (nulls != 0) return HAS_NULL;
    if (repetitionBytes != 0 || (levelBytes != 0 && !optional)) return OTHER_FORM;
    length = <usize>levelBytes;
  } else if (optional) {
    if (levelEncoding != RLE) return OTHER_FORM;
    if (last - begin < 4) return DAMAGED;
    length = <usize>load<u32>(begin);
    if (length > last - begin - 4) return DAMAGED;
    levels = begin + 4;
    begin = levels + length;
  }
  if (!optional || areOnes(levels, levels + length, values)) return DONE;
  return sound ? HAS_NULL : DAMAGED;
}

function readDictionary(type: u32, to: usize, names: usize, known: u32, others: i32): u32 {
  if (encoding != PLAIN && encoding != PLAIN_DICTIONARY) return OTHER_FORM;
  return type == BYTE_ARRAY ? readNames(to, names, known, others) : copyPlain(type, to);
}

function readValues(
  type: u32, to: usize, dictionary: usize, entries: u32, names: usize, known: u32, others: i32,
): u32 {
  if (encoding == PLAIN) {
    if (type != BYTE_ARRAY) return copyPlain(type, to);
    // Writers make no dictionary for a few rows, such as the last ones of a file.
    return values > MOST_TEXTS ? OTHER_FORM : readNames(to, names, known, others);
  }
  if (encoding != PLAIN_DICTIONARY && encoding != RLE_DICTIONARY) return OTHER_FORM;
  return lookUpIndices(to, dictionary, entries);
}

/** As many numbers as the header says. */
function copyPlain(type: u32, to: usize): u32 {
  const wide = type == INT64 || type == DOUBLE;
  if (!wide && type != INT32 && type != FLOAT) return OTHER_FORM;
  if (<usize>values << (wide ? 3 : 2) > last - begin) return DAMAGED;
  if (wide) {
    memory.copy(to, begin, <usize>values << 3);
    return DONE;
  }
  const stop = to + (<usize>values << 3);
  let next = begin;
  if (type == INT32) for (; to < stop; to += 8, next += 4) store<i64>(to, <i64>load<i32>(next));
  else for (; to < stop; to += 8, next += 4) store<f64>(to, <f64>load<f32>(next));
  return DONE;
}

/** Places of a page's texts among the names. */
function readNames(to: usize, names: usize, known: u32, others: i32): u32 {
  let text = begin;
  for (let entry: u32 = 0; entry < values; entry++, to += 8) {
    if (last - text < 4) return DAMAGED;
    const length = <usize>load<u32>(text);
    text += 4;
    if (length > last - text) return DAMAGED;
    let name = names;
    let place: u32 = 0;
    for (; place < known; place++) {
      const own = <usize>load<u32>(name);
      if (own == length && memory.compare(name + 4, text, length) == 0) break;
      name += 4 + own;
    }
    // Whether other ones are UTF-8 at all is for others to say.
    if (place == known && (others < 0 || !isAscii(text, length))) return OTHER_TEXT;
    store<i64>(to, place == known ? <i64>others : <i64>place);
    text += length;
  }
  return DONE;
}

function isAscii(text: usize, length: usize): bool {
  for (let byte: usize = 0; byte < length; byte++) if (load<u8>(text + byte) > 127) return false;
  return true;
}

/** Runs of indices, and the value of each. */
function lookUpIndices(to: usize, dictionary: usize, entries: u32): u32 {
  seek(begin, last);
  const width = values == 0 ? 0 : byte();
  if (width > 32) return DAMAGED;
  const bytes = (width + 7) >> 3;
  for (const stop = to + (<usize>values << 3); to < stop; ) {
    const header = varint();
    const left = <u64>(stop - to) >> 3;
    const run = <usize>min((header & 1) == 0 ? header >> 1 : (header >> 1) * 8, left);
    if (!sound || run == 0 || header > <u64>u32.MAX_VALUE) return DAMAGED;
    const here = at;
    if ((header & 1) == 0) {
      pass(bytes);
      const index: u32 = bytes == 0 ? 0 : <u32>(load<u64>(here) & (u64.MAX_VALUE >> (64 - 8 * <u64>bytes)));
      if (!sound || index >= entries || <u64>index >> <u64>width != 0) return DAMAGED;
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
  let bit: u64 = 0;
  for (const after = to + (run << 3); to < after; to += 8, bit += <u64>width) {
    // Its 39 bits at most lie within eight bytes.
    const index = <u32>((load<u64>(from + <usize>(bit >> 3)) >> (bit & 7)) & mask);
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
    if (!sound || levels == 0 || header > <u64>u32.MAX_VALUE) return false;
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

/** 1 for each of `n` values of 8 bytes, whole numbers, that equals `value`, one as well, and 0 for others: a byte each. */
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
