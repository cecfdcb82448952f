// Fields of a plain CSV text: how often each text stands in a column, and the whole numbers of a key; see ../csv-census.ts.
// "Plain" is: no quote, no control character but the line feed that ends a record, as many fields in every record. What is not
// plain is refused, and somebody who knows all of CSV reads it.

import { spreadKeys } from './keys';

const LINE_FEED: u32 = 10;
const COMMA: u32 = 44;
/** What a field may be for; the first u32 of its column. */
const COUNTED: u32 = 1;
const KEY: u32 = 2;

/** Bytes of a column and of an entry of its table. */
const COLUMN_BYTES: usize = 96;
const ENTRY_BYTES: usize = 16;
/** Texts up to this length lie in the entry itself. */
const SHORT: u32 = 8;
const KEYS_AT_ONCE: u32 = 2_048;
/** Digits that fit a double's 53 bits whatever they are. */
const MOST_DIGITS: u32 = 15;

/** How a scan ended, or why a text is none for it. */
const DONE: u32 = 0;
const NOT_PLAIN: u32 = 1;
const TOO_MANY: u32 = 2;
const NO_KEY: u32 = 3;

// A column: u32 role, u32 log of slots, u32 table, u32 entries, u64 empty fields, u32 pool; of a key, from 40 on: u32 buffer, u32
// numbers in it, u64 smallest, u64 greatest, u32 bits, split, room, ends, keys and i32 step as of `spreadKeys`.

/**
 * Scans the records that start at `from` and before `to`; behind what was read stand zeros, which end it if the last record does
 * not. Adds their number to the u64 at `rows`.
 */
export function scanCsv(from: usize, to: usize, columns: usize, count: u32, rows: usize): u32 {
  if (from >= to) return DONE;
  const last = columns + <usize>(count - 1) * COLUMN_BYTES;
  let column = columns;
  let at = from;
  let records: u64 = 0;
  let block = from;
  while (true) {
    // All ends of a block are known before the first is looked at, so that no field waits for the one before it.
    for (let ends = endsIn(block); ends != 0; ends &= ends - 1) {
      const end = block + <usize>ctz(ends);
      const result = take(column, at, <u32>(end - at), load<u8>(end), column == last, count);
      if (result != DONE) return result;
      at = end + 1;
      if (column != last) {
        column += COLUMN_BYTES;
        continue;
      }
      column = columns;
      records++;
      if (at < to) continue;
      store<u64>(rows, load<u64>(rows) + records);
      return DONE;
    }
    block += 64;
  }
}

/** A bit for each of 64 bytes: a comma, a quote, or a control character. */
// @ts-ignore: decorator
@inline
function endsIn(at: usize): u64 {
  return endsOf(at) | (endsOf(at + 16) << 16) | (endsOf(at + 32) << 32) | (endsOf(at + 48) << 48);
}

// @ts-ignore: decorator
@inline
function endsOf(at: usize): u64 {
  const bytes = v128.load(at);
  const control = i8x16.lt_u(bytes, i8x16.splat(32));
  const comma = i8x16.eq(bytes, i8x16.splat(44));
  const quote = i8x16.eq(bytes, i8x16.splat(34));
  return <u64>i8x16.bitmask(v128.or(control, v128.or(comma, quote)));
}

// @ts-ignore: decorator
@inline
function take(column: usize, at: usize, length: u32, stop: u32, isLast: bool, count: u32): u32 {
  if (stop != (isLast ? LINE_FEED : COMMA)) return NOT_PLAIN;
  const role = load<u32>(column);
  if (role != COUNTED && role != KEY) return isAscii(at, length) ? DONE : NOT_PLAIN;
  if (length > 0) return role == COUNTED ? addText(column, at, length) : addKey(column, at, length);
  // A blank line of a table of one column is no record.
  if (count == 1) return NOT_PLAIN;
  store<u64>(column, load<u64>(column, 16) + 1, 16);
  return DONE;
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
function mixed(word: u64, seed: u64): u64 {
  const hash = (word ^ seed) * 0x9e3779b97f4a7c15;
  return (hash ^ (hash >> 32)) * 0xbf58476d1ce4e5b9;
}

function hashOfLong(at: usize, length: u32): u64 {
  let hash: u64 = length;
  for (; length > 8; at += 8, length -= 8) hash = mixed(load<u64>(at), hash);
  return mixed(word(at, length), hash);
}

/** An entry: u64 the first eight bytes, u32 rows, and u32 where a long text is kept, as its u32 length and its bytes; 0 for others. */
// @ts-ignore: decorator
@inline
function addText(column: usize, at: usize, length: u32): u32 {
  const first = word(at, length);
  const hash = length <= SHORT ? mixed(first, 0) : hashOfLong(at, length);
  const slots = load<u32>(column, 4);
  const table = <usize>load<u32>(column, 8);
  let slot = <u32>(hash >> (64 - slots));
  let entry = table + <usize>slot * ENTRY_BYTES;
  let held = load<u64>(entry);
  // A free slot holds 0, with which no text begins.
  while (held != 0) {
    if (held == first && isText(load<u32>(entry, 12), at, length)) {
      store<u32>(entry, load<u32>(entry, 8) + 1, 8);
      return DONE;
    }
    slot = (slot + 1) & ((1 << slots) - 1);
    entry = table + <usize>slot * ENTRY_BYTES;
    held = load<u64>(entry);
  }
  return enter(column, entry, first, at, length);
}

// @ts-ignore: decorator
@inline
function isText(long: u32, at: usize, length: u32): bool {
  return length <= SHORT ? long == 0 : long != 0 && isLong(<usize>long, at, length);
}

/** Whose first eight bytes are known to be equal; the last ones are compared as a whole word. */
// @ts-ignore: decorator
@inline
function isLong(long: usize, at: usize, length: u32): bool {
  if (load<u32>(long) != length) return false;
  const text = long + 4;
  const last = <usize>length - 8;
  for (let done: usize = 8; done < last; done += 8) if (load<u64>(text + done) != load<u64>(at + done)) return false;
  return load<u64>(text + last) == load<u64>(at + last);
}

function enter(column: usize, entry: usize, first: u64, at: usize, length: u32): u32 {
  let long: u32 = 0;
  if (length > SHORT) {
    long = <u32>room(column, 4 + <usize>length);
    if (long == 0) return TOO_MANY;
    store<u32>(<usize>long, length);
    memory.copy(<usize>long + 4, at, <usize>length);
  }
  store<u64>(entry, first);
  store<u32>(entry, 1, 8);
  store<u32>(entry, long, 12);
  const entries = load<u32>(column, 12) + 1;
  store<u32>(column, entries, 12);
  return entries * 8 > 5 << load<u32>(column, 4) ? grow(column) : DONE;
}

/** Takes bytes, still zeros, of the pool that a part's columns share: u32 next, u32 end. Returns 0 when there are no more. */
function room(column: usize, bytes: usize): usize {
  const pool = <usize>load<u32>(column, 24);
  const at = <usize>load<u32>(pool);
  const next = (at + bytes + 7) & ~7;
  if (next > <usize>load<u32>(pool, 4)) return 0;
  store<u32>(pool, <u32>next);
  return at;
}

/** Moves the entries to a table of twice the slots. */
function grow(column: usize): u32 {
  const old = <usize>load<u32>(column, 8);
  const oldEnd = old + (ENTRY_BYTES << <usize>load<u32>(column, 4));
  const slots = load<u32>(column, 4) + 1;
  const table = room(column, ENTRY_BYTES << <usize>slots);
  if (table == 0) return TOO_MANY;
  for (let from = old; from < oldEnd; from += ENTRY_BYTES) {
    const first = load<u64>(from);
    if (first == 0) continue;
    const long = load<u32>(from, 12);
    const hash = long == 0 ? mixed(first, 0) : hashOfLong(<usize>long + 4, load<u32>(<usize>long));
    let slot = <u32>(hash >> (64 - slots));
    while (load<u64>(table + <usize>slot * ENTRY_BYTES) != 0) slot = (slot + 1) & ((1 << slots) - 1);
    memory.copy(table + <usize>slot * ENTRY_BYTES, from, ENTRY_BYTES);
  }
  store<u32>(column, slots, 4);
  store<u32>(column, <u32>table, 8);
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
  const unfit = spreadKeys(
    <usize>load<u32>(column, 40), n, 0, load<u32>(column, 64), load<u32>(column, 68), load<u32>(column, 72),
    <usize>load<u32>(column, 76), keys, load<i32>(column, 84),
  );
  return unfit == 0 ? DONE : NO_KEY;
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
