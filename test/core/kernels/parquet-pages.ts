// Pages of Parquet files, byte for byte. Sources: apache/parquet-format, parquet.thrift and Encodings.md; apache/thrift,
// thrift-compact-protocol.md.

/** A field of a Thrift structure: number, type, and value as the compact protocol has it. */
export type Field = readonly [id: number, type: number, value: readonly number[]];

export const [PLAIN, PLAIN_DICTIONARY, RLE, RLE_DICTIONARY] = [0, 2, 3, 8] as const;

/** 7 bits a byte, lowest first; `atLeast` bytes. */
export function varint(value: number | bigint, atLeast = 1): number[] {
  const bytes: number[] = [];
  for (let left = BigInt(value); left > 0n || bytes.length < atLeast; left >>= 7n)
    bytes.push(Number(left & 127n) | 128);
  return bytes.map((byte, at) => (at === bytes.length - 1 ? byte & 127 : byte));
}

export const zigzag = (value: number): bigint => (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);
export const i32 = (id: number, value: number, atLeast = 1): Field => [id, 5, varint(zigzag(value), atLeast)];
export const flag = (id: number, value: boolean): Field => [id, value ? 1 : 2, []];
export const binary = (id: number, bytes: readonly number[]): Field => [id, 8, [...varint(bytes.length), ...bytes]];
export const nested = (id: number, fields: readonly Field[]): Field => [id, 12, struct(fields)];

/** @param long whether numbers of fields are told in full, not by their step */
export function struct(fields: readonly Field[], long = false): number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, type, value]) => {
    const step = id - last;
    last = id;
    return step > 0 && step < 16 && !long ? [(step << 4) | type, ...value] : [type, ...varint(zigzag(id)), ...value];
  });
  return [...bytes, 0];
}

/** What a page says of itself besides what follows from its body. */
export interface PageOptions {
  /** Bytes once unpacked. @default those of the body */
  readonly unpacked?: number;
  /** Further fields of the header, and of that of its kind. @default none */
  readonly fields?: readonly Field[];
  readonly inner?: readonly Field[];
  /** Whether numbers of fields are told in full. @default false */
  readonly long?: boolean;
}

function page(
  kind: number,
  own: Field,
  body: readonly number[],
  { unpacked, fields = [], long }: PageOptions,
): number[] {
  const sizes = [i32(2, unpacked ?? body.length), i32(3, body.length)];
  return [...struct([i32(1, kind), ...sizes, own, ...fields], long), ...body];
}

export const dataPage = (
  values: number,
  encoding: number,
  body: readonly number[],
  options: PageOptions = {},
): number[] =>
  page(
    0,
    nested(5, [i32(1, values), i32(2, encoding), i32(3, RLE), i32(4, RLE), ...(options.inner ?? [])]),
    body,
    options,
  );

export const dictionaryPage = (values: number, body: readonly number[], options: PageOptions = {}): number[] =>
  page(2, nested(7, [i32(1, values), i32(2, PLAIN), ...(options.inner ?? [])]), body, options);

/** What only a page of the second version says. */
export interface SecondOptions extends PageOptions {
  readonly levels?: readonly number[];
  readonly repetition?: number;
  readonly nulls?: number;
  readonly isPacked?: boolean;
}

export function secondPage(
  values: number,
  encoding: number,
  body: readonly number[],
  { levels = [], repetition = 0, nulls = 0, isPacked, ...options }: SecondOptions = {},
): number[] {
  const counts = [i32(1, values), i32(2, nulls), i32(3, values), i32(4, encoding)];
  const packed = isPacked === undefined ? [] : [flag(7, isPacked)];
  const own = nested(8, [...counts, i32(5, levels.length), i32(6, repetition), ...packed, ...(options.inner ?? [])]);
  const unpacked = levels.length + (options.unpacked ?? body.length);
  return page(3, own, [...levels, ...body], { ...options, unpacked });
}

export const indexPage = (body: readonly number[]): number[] => page(1, nested(6, []), body, {});

/** Of `count` values that are all there: as a run, or as bits. */
export const ones = (count: number, asBits = false): number[] =>
  asBits ? bitPacked(Array<number>(count).fill(1), 1) : [...varint(count << 1), 1];

/** Levels before the values of a page of the first version. */
export const behindLength = (levels: readonly number[]): number[] => [...le(levels.length, 4), ...levels];

/** `value` in `bytes` bytes, lowest first. */
export const le = (value: number | bigint, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => Number((BigInt(value) >> BigInt(8 * at)) & 255n));

/** A run of one index. */
export const run = (count: number, index: number, width: number): number[] => [
  ...varint(count * 2),
  ...le(index, Math.ceil(width / 8)),
];

/** Groups of eight indices, the last one filled up with 0. */
export function bitPacked(indices: readonly number[], width: number): number[] {
  const groups = Math.ceil(indices.length / 8);
  const bits = indices.reduce((sum, index, at) => sum | (BigInt(index) << BigInt(at * width)), 0n);
  return [...varint(groups * 2 + 1), ...le(bits, groups * width)];
}

export const int64s = (values: readonly bigint[]): number[] =>
  values.flatMap((value) => le(BigInt.asUintN(64, value), 8));
