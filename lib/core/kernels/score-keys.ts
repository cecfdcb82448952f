/** How scores become keys of whole numbers that sort alike; see assembly/entries.ts. */
export interface KeyPlan {
  readonly low: number;
  /** Bits of scores that keys lack: 0 if equal keys mean equal scores. */
  readonly shift: number;
  /** Of a key, above which it names a cell of the census. */
  readonly cellShift: number;
  /** Of an entry: label and code; with the row. */
  readonly metaBits: number;
  readonly keyShift: number;
}

const CELL_BITS = 16;
/** The top bit tells ties. */
const ENTRY_BITS = 63;

/** The bits of a score as a number in the order of doubles; −0 as 0. */
function ordered(score: number): bigint {
  const [bits = 0n] = new BigInt64Array(Float64Array.of(score + 0).buffer);
  return BigInt.asUintN(64, bits ^ ((bits >> 63n) | -(2n ** 63n)));
}

const bitsOf = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

/** @param codes values of the group column that travels with the rows; 0 for none */
export function keyPlan([low, high]: readonly [number, number], rows: number, codes: number): KeyPlan {
  const metaBits = 1 + Math.ceil(Math.log2(Math.max(1, codes)));
  const keyShift = metaBits + Math.max(1, Math.ceil(Math.log2(rows)));
  const bits = bitsOf(ordered(high) - ordered(low));
  const shift = Math.max(0, bits - (ENTRY_BITS - keyShift));
  return { low, shift, cellShift: Math.max(0, bits - shift - CELL_BITS), metaBits, keyShift };
}
