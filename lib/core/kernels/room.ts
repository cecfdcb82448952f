import { PARTS } from './phases';
import { TALLY_BYTES } from './tally';
import { fits, type KernelMemory, Layout } from './wasm';

/** What a binary task has of each row. */
export interface BinaryShape {
  readonly rows: number;
  /** One or two. */
  readonly models: number;
  /** How many values each group column has. */
  readonly groups: readonly number[];
  /** Whether both models are compared within groups. */
  readonly paired: boolean;
}

/** Byte offsets; arrays by part are told at the parts. */
export interface RoomOffsets {
  readonly labels: number;
  /** u16 a row, by group column. */
  readonly codes: readonly number[];
  /** f64 a row, by model. */
  readonly scores: readonly number[];
  /** u64 a row. */
  readonly entries: number;
  /** u64 a row: room for sorting, then placements before they are in their places. */
  readonly records: number;
  /**
   * u32 a row by model: doubled placements among all rows; with `paired` then among those of each group column. The second model's may
   * lie where entries were.
   */
  readonly doubled: readonly (readonly number[])[];
  /** u16 a cell of the census, and u32 a partition. */
  readonly ofCell: number;
  readonly starts: number;
  readonly parts: readonly PartOffsets[];
}

export interface PartOffsets {
  readonly scratch: number;
  /** u32 a cell. */
  readonly census: number;
  readonly next: number;
  /** By model: three f64, and what `tally` fills. */
  readonly range: readonly number[];
  readonly tally: readonly number[];
  /** Two cells a group, of the column that has most. */
  readonly state: number;
  readonly products: number;
  /** A pointer each block of rows. */
  readonly blocks: number;
}

/** Takes room beside that for ranking. `spare` is a part of this which nobody needs before all columns are there: 16 bytes a row. */
export type Reserve = (layout: Layout, spare: { readonly at: number; readonly bytes: number }) => void;

export const CENSUS_CELLS = 65_536;
export const BLOCK_ROWS = 65_536;
export const STATE_BYTES = 32;
/** `scratchBytes()` of the kernels: constant, and asked for before there is a memory to instantiate them with. */
export const SCRATCH_BYTES = 32_768 * 8 + (2 ** 20 + 8) * 4;
/** More values than a u16 a row can tell. */
const MOST_CODES = 65_536;

/**
 * Columns of a binary task in one memory, with room to rank them: what is read straight into it is never copied, and pages that
 * nobody touches cost nothing. Arrays are zero at first.
 */
export class BinaryRoom {
  readonly memory: KernelMemory;
  readonly labels: Uint8Array;
  readonly codes: readonly Uint16Array[];
  readonly scores: readonly Float64Array[];

  private constructor(
    readonly shape: BinaryShape,
    readonly at: RoomOffsets,
    layout: Layout,
  ) {
    this.memory = layout.memory();
    const { buffer } = this.memory;
    const { rows } = shape;
    this.labels = new Uint8Array(buffer, at.labels, rows);
    this.codes = at.codes.map((offset) => new Uint16Array(buffer, offset, rows));
    this.scores = at.scores.map((offset) => new Float64Array(buffer, offset, rows));
  }

  /**
   * @param reserve takes room for others @default nothing
   * @returns `undefined` for what would not fit a memory of 4 GiB
   */
  static of(shape: BinaryShape, reserve?: Reserve): BinaryRoom | undefined {
    if (shape.rows === 0 || shape.groups.some((count) => count > MOST_CODES)) return undefined;
    const layout = new Layout();
    const at = offsetsOf(shape, layout);
    reserve?.(layout, spareOf(at, shape.rows));
    return fits(layout.bytes) ? new BinaryRoom(shape, at, layout) : undefined;
  }

  /**
   * Places of 8 bytes a row that ranking fills: free for others while columns are read, and touched in any case.
   *
   * @returns two, or three with two models
   */
  get spare(): readonly Uint8Array[] {
    const { entries, records, doubled } = this.at;
    const placements = doubled.length > 1 ? [doubled[0]?.[0] ?? 0] : [];
    return [entries, records, ...placements].map((at) => new Uint8Array(this.memory.buffer, at, 8 * this.shape.rows));
  }
}

/** Entries and records lie side by side. */
const spareOf = ({ entries, records }: RoomOffsets, rows: number) => ({
  at: entries,
  bytes: records + 8 * rows - entries,
});

function offsetsOf({ rows, models, groups, paired }: BinaryShape, layout: Layout): RoomOffsets {
  const each = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make);
  const most = Math.max(1, ...groups);
  const [labels, codes] = [layout.take(rows), each(groups.length, () => layout.take(2 * rows))];
  const scores = each(models, () => layout.take(8 * rows));
  const [entries, records] = [layout.take(8 * rows), layout.take(8 * rows)];
  return {
    labels,
    codes,
    scores,
    entries,
    records,
    doubled: paired
      ? each(models, () => each(1 + groups.length, () => layout.take(4 * rows)))
      : // The second one's need no place of their own, as nobody looks at its entries any more; the first one's has room for `spare`.
        [layout.take(8 * rows), entries].slice(0, models).map((at) => [at]),
    ofCell: layout.take(2 * CENSUS_CELLS),
    starts: layout.take(4 * (CENSUS_CELLS + 1)),
    parts: each(PARTS, () => ({
      scratch: layout.take(SCRATCH_BYTES),
      census: layout.take(4 * CENSUS_CELLS),
      next: layout.take(4 * CENSUS_CELLS),
      range: each(models, () => layout.take(24)),
      tally: each(models, () => layout.take(TALLY_BYTES)),
      state: layout.take(2 * STATE_BYTES * most),
      products: layout.take(32 * most),
      blocks: layout.take(4 * (Math.ceil(rows / BLOCK_ROWS) + 1)),
    })),
  };
}
