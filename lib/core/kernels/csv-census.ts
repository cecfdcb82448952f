import {
  COLUMN_BYTES,
  ColumnPart,
  type CsvColumn,
  type KeyStore,
  keyStoreBytes,
  POOL_BYTES,
  takeKeyStore,
  takePool,
} from './csv-column';
import { allDiffer } from './keys';
import { fits, instantiate, type KernelMemory, Layout } from './wasm';

export type { CsvColumn } from './csv-column';

export interface CsvShape {
  readonly columns: readonly CsvColumn[];
  /** About as many as there are, for room for keys. */
  readonly rows: number;
  /** Bytes of text that a part holds at once. */
  readonly textBytes: number;
  /** How many scan at the same time: one or two. */
  readonly parts: number;
}

/** What was found in a column that was read. */
export type CsvFound =
  /** Lines of CSV, `text,rows` each; a text may come once a part, and missing values have none. */
  | { readonly as: 'counted'; readonly missing: number; readonly lines: readonly Uint8Array[] }
  | {
      readonly as: 'key';
      readonly missing: number;
      /** Absent without a key. */
      readonly span?: { readonly low: bigint; readonly high: bigint };
      /** False also where it could not be proved. */
      readonly differ: boolean;
    };

/** Byte offsets for whoever scans a part; see assembly/csv.ts. */
export interface CsvPart {
  readonly text: number;
  readonly columns: number;
  readonly rows: number;
  /** Those of the columns that are keys. */
  readonly keys: readonly number[];
}

/** Zeros behind the text that a part holds: they end a record that has no end. */
export const GUARD_BYTES = 64;

/**
 * Counts the texts and proves the keys of a plain CSV text, while others scan its parts with the kernel `scanCsv`: exact, or not at
 * all. Pages of the memory that nobody touches cost nothing.
 */
export class CsvCensus {
  readonly memory: KernelMemory;
  readonly parts: readonly CsvPart[];
  /** By part, then by column. */
  private readonly columns: readonly (readonly ColumnPart[])[];

  private constructor(
    private readonly shape: CsvShape,
    private readonly stores: readonly (KeyStore | undefined)[],
    rooms: readonly Room[],
    layout: Layout,
  ) {
    this.memory = layout.memory();
    for (const { pool } of rooms) pool.begin(this.memory);
    this.columns = rooms.map(({ begin }) => begin.map((each) => each(this.memory)));
    this.parts = rooms.map(({ text, columns, rows }, part) => ({
      text,
      columns,
      rows,
      keys: (this.columns[part] ?? []).flatMap(({ at }, index) => (stores[index] === undefined ? [] : [at])),
    }));
  }

  /** @returns `undefined` for what would not fit a memory of 4 GiB */
  static of(shape: CsvShape): CsvCensus | undefined {
    const layout = new Layout();
    const stores = shape.columns.map((column) =>
      column.as === 'key' ? takeKeyStore(shape.rows, column.greatest, layout) : undefined,
    );
    const rooms = Array.from({ length: shape.parts }, (_, part) => takeRoom(shape, part, stores, layout));
    return fits(layout.bytes) ? new CsvCensus(shape, stores, rooms, layout) : undefined;
  }

  /** Bytes that a census touches at most. */
  static bytesOf({ columns, rows, textBytes, parts }: CsvShape): number {
    const keys = columns.map((column) => (column.as === 'key' ? keyStoreBytes(rows, column.greatest) : 0));
    return keys.reduce((sum, bytes) => sum + bytes, parts * (textBytes + POOL_BYTES));
  }

  /** Number of records, once all parts have been scanned. */
  rows(): number {
    const view = new DataView(this.memory.buffer);
    return this.parts.reduce((sum, { rows }) => sum + Number(view.getBigUint64(rows, true)), 0);
  }

  /** What was found, once all parts have been scanned; `undefined` for a skipped column. */
  column(index: number): CsvFound | undefined {
    const as = this.shape.columns[index]?.as ?? 'skipped';
    if (as === 'skipped') return undefined;
    const parts = this.columns.flatMap((columns) => columns[index] ?? []);
    const missing = parts.reduce((sum, part) => sum + part.missing, 0);
    if (as === 'counted') return { as, missing, lines: parts.map((part) => part.lines()) };
    const spans = parts.map(({ span }) => span);
    const low = spans.reduce((least, span) => (span.low < least ? span.low : least), spans[0]?.low ?? 0n);
    const high = spans.reduce((most, span) => (span.high > most ? span.high : most), 0n);
    return { as, missing, ...(low > high ? {} : { span: { low, high } }), differ: this.differ(index, parts) };
  }

  private differ(index: number, parts: readonly ColumnPart[]): boolean {
    const store = this.stores[index];
    const [first, second] = parts;
    if (store === undefined || first === undefined) return false;
    const behind = second === undefined ? {} : { behind: second.ends };
    const spread = { ends: first.ends, ...behind, store: store.keys, table: store.table };
    return allDiffer(instantiate(this.memory), store.plan, spread);
  }
}

interface Room extends Omit<CsvPart, 'keys'> {
  readonly pool: ReturnType<typeof takePool>;
  readonly begin: readonly ((memory: KernelMemory) => ColumnPart)[];
}

function takeRoom(
  { columns, textBytes }: CsvShape,
  part: number,
  stores: readonly (KeyStore | undefined)[],
  layout: Layout,
): Room {
  const text = layout.take(textBytes + GUARD_BYTES);
  const fields = layout.take(COLUMN_BYTES * columns.length);
  const rows = layout.take(8);
  const pool = takePool(layout);
  const begin = columns.map((column, index) => {
    const own = { part, pool: pool.at, store: stores[index] };
    return ColumnPart.take(fields + COLUMN_BYTES * index, column, own, layout);
  });
  return { text, columns: fields, rows, pool, begin };
}
