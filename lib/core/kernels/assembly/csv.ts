// Fields of a plain CSV text: how often each text stands in a column, and the whole numbers of a key; see ../csv-census.ts.
// "Plain" is: no quote, no control character but the line feed that ends a record, as many fields in every record. What is not
// plain is refused, and somebody who knows all of CSV reads it.

import { spreadFrom } from './keys';

const LINE_FEED: u32 = 10;
const COMMA: u32 = 44;
/** What a field may be for; the first u32 of its column. */
const COUNTED: u32 = 1;
const KEY: u32 = 2;

/** Bytes of a column and of an entry of its table. */
const COLUMN_BYTES: usize = 96;
const ENTRY_BYTES: usize = 24;
/** Texts up to this length lie in the entry itself. */
const SHORT: u32 = 16;
const KEYS_AT_ONCE: u32 = 2_048;
/** Digits that fit a double's 53 bits whatever they are. */
const MOST_DIGITS: u32 = 15;

/** How a scan ended; see ../csv-census.ts. */
const DONE: u32 = 0;
const NOT_PLAIN: u32 = 1;
const TOO_MANY: u32 = 2;
const NO_KEY: u32 = 3;

// A column: u32 role, u32 log of slots, u32 table, u32 entries, u64 empty fields, u32 next and end of the room for long texts,
// u32 next and end of the room for larger tables; of a key: u32 buffer, u32 numbers in it, u64 smallest, u64 greatest,
// u32 bits, split, room, ends, keys and i32 step as of `spreadFrom`; keys 0 where they are not kept.

/**
 * Scans the records that start at `from` and before `to`; behind what was read stand 32 zeros, which end it if the last record does
 * not.
 * Adds their number to the u64 at `rows`.
 */
export function scanCsv(from: usize, to: usize, columns: usize, count: u32, rows: usize): u32 {
  let at = from;
  let records: u64 = 0;
  const last = columns + <usize>(count - 1) * COLUMN_BYTES;
  while (at < to) {
    const start = at;
    for (let column = columns; column <= last; column += COLUMN_BYTES) {
      const length = lengthOf(at);
      const stop = <u32>load<u8>(at + <usize>length);
      if (stop != (column == last ? LINE_FEED : COMMA)) return NOT_PLAIN;
      const role = load<u32>(column);
      let result = DONE;
      if (role == COUNTED) {
        if (length == 0) store<u64>(column, load<u64>(column, 16) + 1, 16);
        else result = addText(column, at, length);
      } else if (role == KEY) {
        if (length == 0) store<u64>(column, load<u64>(column, 16) + 1, 16);
        else result = addKey(column, at, length);
      } else if (!isAscii(at, length)) result = NOT_PLAIN;
      if (result != DONE) return result;
      at += <usize>length + 1;
    }
    // A blank line of a table of one column is no record.
    if (count == 1 && at == start + 1) return NOT_PLAIN;
    records++;
  }
  store<u64>(rows, load<u64>(rows) + records);
  return DONE;
}

// @ts-ignore: decorator
@inline
function lengthOf(at: usize): u32 {
  let from = at;
  let ends = endsIn(from);
  while (ends == 0) {
    from += 16;
    ends = endsIn(from);
  }
  return <u32>(from - at) + <u32>ctz(ends);
}

/** A bit for each of 16 bytes: a comma, a quote, or a control character. */
// @ts-ignore: decorator
@inline
function endsIn(at: usize): i32 {
  const bytes = v128.load(at);
  const control = i8x16.lt_u(bytes, i8x16.splat(32));
  const comma = i8x16.eq(bytes, i8x16.splat(44));
  const quote = i8x16.eq(bytes, i8x16.splat(34));
  return i8x16.bitmask(v128.or(control, v128.or(comma, quote)));
}

function isAscii(at: usize, length: u32): bool {
  const end = at + <usize>length;
  for (; at + 16 <= end; at += 16) if (i8x16.bitmask(v128.load(at)) != 0) return false;
  return (i8x16.bitmask(v128.load(at)) & ((1 << <i32>(end - at)) - 1)) == 0;
}

/** The first `length` bytes, at most 8; 0 behind them. */
// @ts-ignore: decorator
@inline
function word(at: usize, length: u32): u64 {
  return length >= 8 ? load<u64>(at) : load<u64>(at) & ((<u64>1 << (length << 3)) - 1);
}

// @ts-ignore: decorator
@inline
function mixed(first: u64, second: u64): u64 {
  const hash = (first * 0x9e3779b97f4a7c15) ^ (second * 0xc2b2ae3d27d4eb4f);
  return (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9;
}

// @ts-ignore: decorator
@inline
function addText(column: usize, at: usize, length: u32): u32 {
  const first = word(at, length);
  const second = length <= 8 ? 0 : length <= SHORT ? word(at + 8, length - 8) : digest(at + 8, length - 8);
  const slots = load<u32>(column, 4);
  const table = <usize>load<u32>(column, 8);
  let slot = <u32>(mixed(first, second) >> (64 - slots));
  let entry = table + <usize>slot * ENTRY_BYTES;
  let held = load<u64>(entry);
  // A free slot holds 0, with which no text begins.
  while (held != 0) {
    if (held == first && load<u64>(entry, 8) == second && isText(load<u32>(entry, 20), at, length)) {
      store<u32>(entry, load<u32>(entry, 16) + 1, 16);
      return DONE;
    }
    slot = (slot + 1) & ((1 << slots) - 1);
    entry = table + <usize>slot * ENTRY_BYTES;
    held = load<u64>(entry);
  }
  return enter(column, entry, first, second, at, length);
}

/** @param text where a long text is kept: u32 length, bytes; 0 for a short one */
// @ts-ignore: decorator
@inline
function isText(text: u32, at: usize, length: u32): bool {
  if (length <= SHORT) return text == 0;
  return text != 0 && load<u32>(<usize>text) == length && memory.compare(<usize>text + 4, at, <usize>length) == 0;
}

function digest(at: usize, length: u32): u64 {
  let sum: u64 = length;
  for (; length > 8; at += 8, length -= 8) sum = mixed(sum, load<u64>(at));
  return mixed(sum, word(at, length));
}

function enter(column: usize, entry: usize, first: u64, second: u64, at: usize, length: u32): u32 {
  let text: u32 = 0;
  if (length > SHORT) {
    text = load<u32>(column, 24);
    const next = (text + 4 + length + 7) & ~7;
    if (next > load<u32>(column, 28)) return TOO_MANY;
    store<u32>(<usize>text, length);
    memory.copy(<usize>text + 4, at, <usize>length);
    store<u32>(column, next, 24);
  }
  store<u64>(entry, first);
  store<u64>(entry, second, 8);
  store<u32>(entry, 1, 16);
  store<u32>(entry, text, 20);
  const entries = load<u32>(column, 12) + 1;
  store<u32>(column, entries, 12);
  return entries << 1 > 1 << load<u32>(column, 4) ? grow(column) : DONE;
}

/** Moves the entries to a table of four times the slots. */
function grow(column: usize): u32 {
  const old = <usize>load<u32>(column, 8);
  const oldEnd = old + (ENTRY_BYTES << <usize>load<u32>(column, 4));
  const slots = load<u32>(column, 4) + 2;
  const table = <usize>load<u32>(column, 32);
  const end = table + (ENTRY_BYTES << <usize>slots);
  if (end > <usize>load<u32>(column, 36)) return TOO_MANY;
  for (let from = old; from < oldEnd; from += ENTRY_BYTES) {
    const first = load<u64>(from);
    if (first == 0) continue;
    let slot = <u32>(mixed(first, load<u64>(from, 8)) >> (64 - slots));
    while (load<u64>(table + <usize>slot * ENTRY_BYTES) != 0) slot = (slot + 1) & ((1 << slots) - 1);
    memory.copy(table + <usize>slot * ENTRY_BYTES, from, ENTRY_BYTES);
  }
  store<u32>(column, slots, 4);
  store<u32>(column, <u32>table, 8);
  store<u32>(column, <u32>end, 32);
  return DONE;
}

// @ts-ignore: decorator
@inline
function addKey(column: usize, at: usize, length: u32): u32 {
  if (length > MOST_DIGITS) return NO_KEY;
  const upper = length > 8 ? padded(word(at, length - 8), length - 8) : ZEROS;
  const lower = length >= 8 ? load<u64>(at + <usize>length - 8) : padded(word(at, length), length);
  if (!areDigits(upper) || !areDigits(lower)) return NO_KEY;
  const key = eightDigits(upper) * 100_000_000 + eightDigits(lower);
  if (key < load<u64>(column, 48)) store<u64>(column, key, 48);
  if (key > load<u64>(column, 56)) store<u64>(column, key, 56);
  const held = load<u32>(column, 44);
  store<u64>(<usize>load<u32>(column, 40) + (<usize>held << 3), key);
  store<u32>(column, held + 1, 44);
  return held + 1 == KEYS_AT_ONCE ? keepKeys(column) : DONE;
}

/** Puts the numbers in the buffer where they are kept. */
export function keepKeys(column: usize): u32 {
  const keys = <usize>load<u32>(column, 80);
  const n = load<u32>(column, 44);
  store<u32>(column, 0, 44);
  if (keys == 0) return DONE;
  const fitted = spreadFrom(
    <usize>load<u32>(column, 40), n, 0, load<u32>(column, 64), load<u32>(column, 68), load<u32>(column, 72),
    <usize>load<u32>(column, 76), keys, load<i32>(column, 84),
  );
  return fitted == 1 ? DONE : NO_KEY;
}

const ZEROS: u64 = 0x3030303030303030;

/** Fewer than eight characters behind as many zeros as are missing. */
// @ts-ignore: decorator
@inline
function padded(characters: u64, length: u32): u64 {
  const missing = <u64>(8 - length) << 3;
  return (characters << missing) | (ZEROS >> (64 - missing));
}

// @ts-ignore: decorator
@inline
function areDigits(characters: u64): bool {
  return (characters & (characters + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) == ZEROS;
}

/** Neighbours are joined, then pairs, then fours: the first character is the lowest byte. */
// @ts-ignore: decorator
@inline
function eightDigits(characters: u64): u64 {
  const digits = characters - ZEROS;
  const pairs = digits * 10 + (digits >> 8);
  const fours = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  return (fours + ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
}
