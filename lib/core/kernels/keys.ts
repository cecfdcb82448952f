import { fits, instantiate, type Kernels, Layout } from './wasm';

/** Keys a partition: they and their table of slots stay in a core's cache. */
const PARTITION_KEYS = 8_192;
/** Keys that are handed over at once. */
const BLOCK_KEYS = 2_048;
const KEY_BYTES = 8;

/** What is known of the keys before they are seen. */
export interface KeySpan {
  /** How many there are. */
  readonly rows: number;
  /** Bounds, if they are known: a narrow span takes half the memory. @default any 64 bits */
  readonly low?: bigint;
  readonly high?: bigint;
}

/** How keys are kept, and what that takes. */
export interface KeyPlan {
  readonly low: bigint;
  /** Bits of a key less `low`. */
  readonly bits: number;
  /** Upper ones of these, after mixing: they name the partition. */
  readonly split: number;
  /** Keys that a partition has room for. */
  readonly room: number;
  readonly slots: number;
  /** Bytes of a key within its partition. */
  readonly width: number;
}

export function keyPlanOf({ rows, low, high }: KeySpan): KeyPlan {
  const known = low !== undefined && high !== undefined && high >= low;
  const bits = known ? Math.max(2, (high - low).toString(2).length) : 64;
  const wanted = Math.ceil(Math.log2(Math.max(1, rows / PARTITION_KEYS)));
  const split = Math.min(Math.max(1, wanted), bits - 1);
  const mean = rows / 2 ** split;
  // Eight standard deviations of a fair spread, and a sixteenth for one that is not quite.
  const room = Math.ceil(mean * 1.0625 + 8 * Math.sqrt(mean) + 16);
  const slots = Math.ceil(Math.log2(2 * room));
  return { low: known ? low : 0n, bits, split, room, slots, width: bits - split <= 32 ? 4 : 8 };
}

/** Bytes of keys that were spread. */
export const spreadBytes = ({ split, room, width }: KeyPlan): number => 2 ** split * room * width;

export const keyPlanBytes = (plan: KeyPlan): number =>
  BLOCK_KEYS * KEY_BYTES + 2 ** plan.split * 4 + spreadBytes(plan) + 2 ** plan.slots * plan.width;

/** Bytes that a check of so many keys takes; infinite for more than it can take. */
export function keyCheckBytes(span: KeySpan): number {
  const bytes = keyPlanBytes(keyPlanOf(span)) + 256;
  return fits(bytes) ? bytes : Number.POSITIVE_INFINITY;
}

/**
 * Proves that 64-bit keys all differ, exactly, in O(n): a bijection spreads them over partitions that fit the cache, where each is
 * entered into a table; see assembly/keys.ts. What it cannot prove it does not decide: keys that gather in one partition end it.
 */
export class KeyCheck {
  private readonly plan: KeyPlan;
  private readonly kernels: Kernels;
  private readonly block: Uint8Array;
  private readonly at: {
    readonly block: number;
    readonly ends: number;
    readonly table: number;
    readonly store: number;
  };
  private open = true;

  /** @throws RangeError for more keys than fit, see `keyCheckBytes` */
  constructor(span: KeySpan) {
    const bytes = keyCheckBytes(span);
    if (bytes === Number.POSITIVE_INFINITY) throw new RangeError(`${span.rows} keys are more than fit into memory`);
    this.plan = keyPlanOf(span);
    const { split, slots, width } = this.plan;
    const layout = new Layout();
    this.at = {
      block: layout.take(BLOCK_KEYS * KEY_BYTES),
      ends: layout.take(2 ** split * 4),
      table: layout.take(2 ** slots * width),
      store: layout.take(spreadBytes(this.plan)),
    };
    const memory = layout.memory();
    this.kernels = instantiate(memory);
    this.block = new Uint8Array(memory.buffer, this.at.block, BLOCK_KEYS * KEY_BYTES);
  }

  /**
   * Takes more keys.
   *
   * @param bytes 8 a key, the lowest first
   * @returns whether they may all differ still; if not, more need not be told
   */
  add(bytes: Uint8Array): boolean {
    const { low, bits, split, room } = this.plan;
    for (let from = 0; this.open && from < bytes.length; from += this.block.length) {
      const part = bytes.subarray(from, from + this.block.length);
      this.block.set(part);
      const n = part.length / KEY_BYTES;
      const { block, ends, store } = this.at;
      this.open = this.kernels.spreadKeys(block, n, low, bits, split, room, ends, store, 1) === 0;
    }
    return this.open;
  }

  /** True when all keys differ for certain; false when two are equal, or it cannot be told. */
  allDiffer(): boolean {
    return this.open && allDiffer(this.kernels, this.plan, this.at);
  }
}

/** Offsets of what was spread, and of a table for comparing it. */
export interface SpreadKeys {
  readonly ends: number;
  /** Numbers of keys that another one filled in from the last places back. @default none */
  readonly behind?: number;
  readonly store: number;
  readonly table: number;
}

/** Whether keys that were spread by a plan all differ. */
export const allDiffer = ({ keysDiffer }: Kernels, plan: KeyPlan, spread: SpreadKeys): boolean =>
  keysDiffer(...differArguments(plan, spread, 0, 2 ** plan.split)) === 0;

/** Of `keysDiffer`, for partitions `first` to `last`. */
export const differArguments = (
  { bits, split, room, slots }: KeyPlan,
  { ends, behind = 0, store, table }: SpreadKeys,
  first: number,
  last: number,
): readonly number[] => [bits - split, first, last, room, ends, behind, store, table, slots];

/** Whether any two keys are equal; exact. */
export function hasRepeatedKey(keys: BigInt64Array): boolean {
  if (keys.length < 2) return false;
  const [low, high] = boundsOf(keys);
  const check = new KeyCheck({ rows: keys.length, low, high });
  check.add(new Uint8Array(keys.buffer, keys.byteOffset, keys.byteLength));
  return !check.allDiffer() && repeatsInOrder(keys);
}

/** Over pairs of 32-bit words, the lower one first: BigInts are slow, and every machine that runs this is little-endian. */
function boundsOf(keys: BigInt64Array): readonly [low: bigint, high: bigint] {
  const words = new Int32Array(keys.buffer, keys.byteOffset, keys.length * 2);
  let [low, high] = [words[1] as number, words[1] as number];
  for (let at = 3; at < words.length; at += 2) {
    const upper = words[at] as number;
    if (upper < low) low = upper;
    if (upper > high) high = upper;
  }
  return [BigInt(low) << 32n, (BigInt(high) << 32n) | 0xffff_ffffn];
}

/** Slower, whatever the keys are. */
function repeatsInOrder(keys: BigInt64Array): boolean {
  const sorted = keys.slice().sort();
  for (let at = 1; at < sorted.length; at += 1) if (sorted[at] === sorted[at - 1]) return true;
  return false;
}
