import { type KeyPlan, keyPlanBytes, keyPlanOf, spreadBytes } from './keys';
import type { KernelMemory, Layout } from './wasm';

/** What a column is read for. */
export type CsvColumn =
  /** Nothing: its fields are skipped. */
  | { readonly as: 'skipped' }
  /** How many rows each of its texts has. */
  | { readonly as: 'counted' }
  /** Whole numbers without a sign that hardly repeat: their extremes, and whether they differ. `greatest` is a guess. */
  | { readonly as: 'key'; readonly greatest: bigint };

/** How assembly/csv.ts holds a column: offsets of its fields. */
export const COLUMN_BYTES = 96;
const AT = {
  role: 0,
  slots: 4,
  table: 8,
  missing: 16,
  pool: 24,
  buffer: 40,
  low: 48,
  high: 56,
  bits: 64,
  split: 68,
  room: 72,
  ends: 76,
  keys: 80,
  step: 84,
} as const;
const ROLES = { skipped: 0, counted: 1, key: 2 } as const;

const ENTRY_BYTES = 16;
/** Logarithm of the slots of a column's first table. */
const FIRST_SLOTS = 10;
const KEY_BLOCK_BYTES = 2_048 * 8;
const NO_KEY_YET = 2n ** 64n - 1n;

/** Room for the texts of all columns of a part: some 300,000 distinct ones. */
export const POOL_BYTES = 2 ** 24;

/** Takes the room. @returns where it is told how much of it is left, and what tells it, once there is a memory */
export function takePool(layout: Layout): { readonly at: number; readonly begin: (memory: KernelMemory) => void } {
  const at = layout.take(8);
  const next = layout.take(POOL_BYTES);
  return { at, begin: ({ buffer }) => new Uint32Array(buffer, at, 2).set([next, next + POOL_BYTES]) };
}

/** Where all parts keep the keys of one column. */
export interface KeyStore {
  readonly plan: KeyPlan;
  readonly keys: number;
  readonly table: number;
}

/** Twice as wide as the guess, and a quarter more rows: keys beyond are not proved to differ. */
const planOf = (rows: number, greatest: bigint): KeyPlan =>
  keyPlanOf({ rows: Math.ceil(1.25 * rows), low: 0n, high: 2n * greatest + 1n });

/** Bytes of the keys of a column. */
export const keyStoreBytes = (rows: number, greatest: bigint): number => keyPlanBytes(planOf(rows, greatest));

export function takeKeyStore(rows: number, greatest: bigint, layout: Layout): KeyStore {
  const plan = planOf(rows, greatest);
  return { plan, keys: layout.take(spreadBytes(plan)), table: layout.take(2 ** plan.slots * plan.width) };
}

interface PartOfColumn {
  readonly part: number;
  readonly pool: number;
  readonly store: KeyStore | undefined;
}

/** One part's view of one column. */
export class ColumnPart {
  private constructor(
    private readonly memory: KernelMemory,
    readonly at: number,
  ) {}

  /**
   * Takes room for a column whose fields lie at `at`.
   *
   * @returns what begins it, once there is a memory
   */
  static take(
    at: number,
    column: CsvColumn,
    { part, pool, store }: PartOfColumn,
    layout: Layout,
  ): (memory: KernelMemory) => ColumnPart {
    const fields: Partial<Record<keyof typeof AT, number>> = { role: ROLES[column.as] };
    if (column.as === 'counted') {
      fields.slots = FIRST_SLOTS;
      fields.table = layout.take(ENTRY_BYTES * 2 ** FIRST_SLOTS);
      fields.pool = pool;
    }
    if (store !== undefined) {
      const { bits, split, room } = store.plan;
      const ends = layout.take(4 * 2 ** split);
      // The second part fills partitions from their ends.
      const step = part === 0 ? 1 : -1;
      Object.assign(fields, { buffer: layout.take(KEY_BLOCK_BYTES), bits, split, room, ends, keys: store.keys, step });
    }
    return (memory: KernelMemory): ColumnPart => {
      const made = new ColumnPart(memory, at);
      for (const [name, value] of Object.entries(fields)) made.view.setInt32(AT[name as keyof typeof AT], value, true);
      made.view.setBigUint64(AT.low, NO_KEY_YET, true);
      return made;
    };
  }

  private get view(): DataView {
    return new DataView(this.memory.buffer, this.at, COLUMN_BYTES);
  }

  get missing(): number {
    return Number(this.view.getBigUint64(AT.missing, true));
  }

  /** `low` is above `high` where there was no key. */
  get span(): { readonly low: bigint; readonly high: bigint } {
    return { low: this.view.getBigUint64(AT.low, true), high: this.view.getBigUint64(AT.high, true) };
  }

  /** Offset of the numbers of keys by partition. */
  get ends(): number {
    return this.word(AT.ends);
  }

  private word(at: number): number {
    return this.view.getUint32(at, true);
  }

  /** Lines of CSV: each text and its number of rows. */
  lines(): Uint8Array {
    const texts = [...this.texts()];
    const room = texts.reduce((sum, { length }) => sum + length + MOST_BEHIND, 0);
    const lines = new Lines(new Uint8Array(this.memory.buffer), room);
    for (const text of texts) lines.add(text);
    return lines.written();
  }

  private *texts(): Generator<Text> {
    const { buffer } = this.memory;
    const table = this.word(AT.table);
    const words = new Uint32Array(buffer, table, (2 ** this.word(AT.slots) * ENTRY_BYTES) / 4);
    for (let at = 0; at < words.length; at += ENTRY_BYTES / 4) {
      // No text begins with zeros.
      if (words[at] === 0) continue;
      const [rows, long] = [words[at + 2] as number, words[at + 3] as number];
      if (long === 0) yield { from: table + 4 * at, length: SHORT, rows };
      else yield { from: long + 4, length: new DataView(buffer).getUint32(long, true), rows };
    }
  }
}

/** Texts up to this length lie in their entries, with zeros behind them. */
const SHORT = 8;
/** A comma, ten digits, and a line feed. */
const MOST_BEHIND = 12;
const [COMMA, LINE_FEED, ZERO] = [44, 10, 48];

/** Where a text lies in the memory; it may end earlier, before a zero. */
interface Text {
  readonly from: number;
  readonly length: number;
  readonly rows: number;
}

class Lines {
  private readonly to: Uint8Array;
  private end = 0;

  constructor(
    private readonly from: Uint8Array,
    room: number,
  ) {
    this.to = new Uint8Array(room);
  }

  add({ from, length, rows }: Text): void {
    for (let at = from; at < from + length && this.from[at] !== 0; at += 1) this.put(this.from[at] as number);
    this.put(COMMA);
    for (const digit of String(rows)) this.put(ZERO + Number(digit));
    this.put(LINE_FEED);
  }

  private put(byte: number): void {
    this.to[this.end] = byte;
    this.end += 1;
  }

  written(): Uint8Array {
    return this.to.subarray(0, this.end);
  }
}
