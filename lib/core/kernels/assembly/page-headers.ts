// Headers of the pages of a Parquet file, in Thrift's compact protocol, read at a cursor that never passes its end.
// Sources: apache/parquet-format, parquet.thrift; apache/thrift, thrift-compact-protocol.md.

/** Kinds of pages. */
export const DATA: u32 = 0;
export const INDEX: u32 = 1;
export const DICTIONARY: u32 = 2;
export const DATA_V2: u32 = 3;

/** The greatest number that the format gives an encoding. */
const LAST_ENCODING: u32 = 9;

/** Bytes of a page. */
const LARGEST: u32 = 0x7fffffff;

/** The header that was read last; what it does not tell is all ones, and so more than anything may be. */
export let kind: u32 = 0;
export let unpackedBytes: u32 = 0;
export let packedBytes: u32 = 0;
export let values: u32 = 0;
export let encoding: u32 = 0;
export let levelEncoding: u32 = 0;
/** Of a page of the second version: values that are NULL, and bytes of levels before its values. */
export let nulls: u32 = 0;
export let levelBytes: u32 = 0;
export let repetitionBytes: u32 = 0;
/** Whether its values are packed at all. */
export let packed: bool = true;

/** The cursor, where it must not pass, and whether it did not have to. */
export let at: usize = 0;
let limit: usize = 0;
export let sound: bool = true;

/** Sets the cursor. */
export function seek(from: usize, end: usize): void {
  at = from;
  limit = end;
  sound = true;
}

/** Fields of a header that tell of a kind of page. */
const OF_DATA: u32 = 5;
const OF_DICTIONARY: u32 = 7;
const OF_DATA_V2: u32 = 8;

/** Reads a header. It is not sound unless it tells all that must be told, and of the kind that it is. */
export function readHeader(): void {
  kind = unpackedBytes = packedBytes = values = encoding = levelEncoding = u32.MAX_VALUE;
  nulls = levelBytes = repetitionBytes = u32.MAX_VALUE;
  packed = true;
  let field: u32 = 0;
  let told: u32 = 0;
  while (sound) {
    const type = nextField(field);
    if (type == STOP) break;
    field = fieldOf;
    if (type == I32 && field == 1) kind = number();
    else if (type == I32 && field == 2) unpackedBytes = number();
    else if (type == I32 && field == 3) packedBytes = number();
    else if (type == STRUCT && (field == OF_DATA || field == OF_DICTIONARY || field == OF_DATA_V2)) {
      if (told != 0) sound = false;
      told = field;
      readKind(field);
    } else skip(type, 0);
  }
  if (unpackedBytes > LARGEST || packedBytes > LARGEST) sound = false;
  if (told != (kind == DATA ? OF_DATA : kind == DICTIONARY ? OF_DICTIONARY : kind == DATA_V2 ? OF_DATA_V2 : 0)) sound = false;
  if (kind > DATA_V2) sound = false;
}

/** Of a data page, a dictionary page, or a data page of the second version. */
function readKind(header: u32): void {
  const isSecond = header == OF_DATA_V2;
  const required: u32 = isSecond ? 0b1111110 : header == OF_DATA ? 0b11110 : 0b110;
  let repetitionEncoding: u32 = u32.MAX_VALUE;
  let told: u32 = 0;
  let field: u32 = 0;
  while (sound) {
    const type = nextField(field);
    if (type == STOP) break;
    field = fieldOf;
    if (type == I32 && field < 32) told |= <u32>1 << field;
    if (isSecond && field == 7 && (type == TRUE || type == FALSE)) packed = type == TRUE;
    else if (type != I32) skip(type, 0);
    else if (field == 1) values = number();
    else if (field == (isSecond ? 4 : 2)) encoding = number();
    else if (field == 2) nulls = number();
    else if (field == 3 && header == OF_DATA) levelEncoding = number();
    else if (field == 4 && header == OF_DATA) repetitionEncoding = number();
    else if (field == 5 && isSecond) levelBytes = number();
    else if (field == 6 && isSecond) repetitionBytes = number();
    else skip(type, 0);
  }
  if ((told & required) != required) sound = false;
  if (header == OF_DATA && (levelEncoding > LAST_ENCODING || repetitionEncoding > LAST_ENCODING)) sound = false;
}

const STOP: u32 = 0;
const TRUE: u32 = 1;
const FALSE: u32 = 2;
const BYTE: u32 = 3;
const I32: u32 = 5;
const I64: u32 = 6;
const FLOAT64: u32 = 7;
const BINARY: u32 = 8;
const LIST: u32 = 9;
const SET: u32 = 10;
const STRUCT: u32 = 12;
const DEEPEST: u32 = 8;

let fieldOf: u32 = 0;

/** @returns the type of the next field, whose number is in `fieldOf` */
function nextField(last: u32): u32 {
  const head = byte();
  const type = head & 15;
  if (!sound || type == STOP) return STOP;
  const step = head >> 4;
  fieldOf = step == 0 ? number() : last + step;
  return type;
}

function skip(type: u32, depth: u32): void {
  if (type == TRUE || type == FALSE) return;
  if (type == BYTE) byte();
  else if (type <= I64) varint();
  else if (type == FLOAT64) pass(8);
  else if (type == BINARY) pass(varint());
  else if ((type == LIST || type == SET) && depth < DEEPEST) {
    const head = byte();
    const count = head >> 4 == 15 ? varint() : <u64>(head >> 4);
    for (let index: u64 = 0; sound && index < count; index++) {
      if ((head & 15) <= FALSE) byte();
      else skip(head & 15, depth + 1);
    }
  } else if (type == STRUCT && depth < DEEPEST) {
    for (let field: u32 = 0; sound; field = fieldOf) {
      const inner = nextField(field);
      if (inner == STOP) break;
      const own = fieldOf;
      skip(inner, depth + 1);
      fieldOf = own;
    }
  } else sound = false;
}

export function pass(bytes: u64): void {
  if (bytes > <u64>(limit - at)) sound = false;
  else at += <usize>bytes;
}

export function byte(): u32 {
  if (at < limit) return <u32>load<u8>(at++);
  sound = false;
  return 0;
}

export function varint(): u64 {
  let result: u64 = 0;
  for (let shift: u64 = 0; shift < 64; shift += 7) {
    const next = <u64>byte();
    result |= (next & 127) << shift;
    if (next < 128) return result;
  }
  sound = false;
  return 0;
}

/** A zigzag number; negative ones become all ones. */
function number(): u32 {
  const zigzag = varint();
  const value = <i64>(zigzag >> 1) ^ -(<i64>(zigzag & 1));
  return value < 0 || value > <i64>u32.MAX_VALUE ? u32.MAX_VALUE : <u32>value;
}
