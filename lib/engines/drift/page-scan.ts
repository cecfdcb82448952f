import {
  type CellFormula,
  type CellRows,
  type ChunkCount,
  type CountRoom,
  cellCount,
  cellPick,
  tablesOf,
  takeCountRoom,
  type ValueRows,
  valueCount,
} from '../../core/drift/page-counts';
import { unpackLimits } from '../../core/kernels/unpacking';
import { Layout } from '../../core/kernels/wasm';
import { Crew, type Work } from '../crew';
import type { Relation } from '../duckdb/relation';
import type { DuckDbSession, Watcher } from '../duckdb/session';
import { unpackWork } from '../pages/unpack-work';
import { parallel } from '../parallel';
import { type PlainColumn, plainColumns } from './plain-column';
import type { ColumnSide } from './side';

/** Rows of smaller samples are counted before a memory and a thread are made. */
const WORTH_PAGES = 1_000_000;

/** Bytes of the memory, of which only what chunks need is touched: row groups of a million rows fit. */
const MOST_BYTES = 96 * 2 ** 20;
/** Of what DuckDB may use, which gives as much of it back. */
const SHARE = 0.25;

/** A crew has one or two. */
const MOST_THREADS = 2;

/** One column of one sample, read from the pages of its files. What turns out not to be plain is left to DuckDB: `undefined`. */
export interface SidePages {
  countCells(formula: CellFormula): Promise<CellRows | undefined>;
  /** Values in cells, in no order. */
  pickCells(formula: CellFormula, cells: readonly number[]): Promise<Float64Array | undefined>;
  /** @returns `'more'` for more than `most` distinct ones, of which NaN is one */
  countValues(most: number): Promise<ValueRows | 'more' | undefined>;
}

type Sides = ReadonlyMap<string, ColumnSide>;

/**
 * Compares samples whose columns are counted over the pages of their files, where these are plain and have rows enough.
 *
 * @param from rows from which on it is worth it
 * @param work is given the sides of each sample, with pages where there are any
 */
export async function withPages<T>(
  session: DuckDbSession,
  samples: readonly (readonly [Relation, Sides])[],
  from = WORTH_PAGES,
  work: (sides: readonly Sides[]) => Promise<T>,
): Promise<T> {
  const known = samples.map(([, sides]) => sides);
  const open = async (relation: Relation, sides: Sides): Promise<ReadonlyMap<string, PlainColumn>> =>
    rowsOf(sides) >= from ? plainColumns(session, relation, sides) : new Map();
  const found = await parallel(
    samples.length,
    samples.map((sample) => () => open(...sample)),
  );
  const threads = Math.min(MOST_THREADS, session.threads);
  const most = Math.min(MOST_BYTES, SHARE * session.memoryLimit);
  const fitting = found.map((columns) =>
    [...columns].filter(([, column]) => planOf([column], threads).layout.bytes <= most),
  );
  const columns = fitting.flat().map(([, column]) => column);
  if (columns.length === 0) return work(known);
  const { layout, room } = planOf(columns, threads);
  const done = await session.lend(layout.bytes, async () => {
    const memory = layout.memory();
    const crew = new Crew(memory, threads);
    try {
      const scan = new PageScan({ ...room, memory }, crew, session.watcher);
      return { result: await work(known.map((sides, sample) => scan.added(sides, fitting[sample] ?? []))) };
    } finally {
      crew.close();
    }
  });
  return done === undefined ? work(known) : done.result;
}

const rowsOf = (sides: Sides): number =>
  [...sides.values()].reduce((most, { profile }) => Math.max(most, profile.rows), 0);

function planOf(columns: readonly PlainColumn[], threads: number) {
  const layout = new Layout();
  return { layout, room: takeCountRoom(threads, unpackLimits(columns.flatMap(({ chunks }) => chunks)), layout) };
}

/** Columns of Parquet files, one after another in the same memory: each takes all threads that there are. */
class PageScan {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly room: CountRoom,
    private readonly crew: Crew,
    private readonly watcher: Watcher,
  ) {}

  /** Sides, those of plain columns with their pages. */
  added(sides: Sides, columns: readonly (readonly [string, PlainColumn])[]): Sides {
    const paged = columns.flatMap(([name, column]) => {
      const side = sides.get(name);
      return side === undefined ? [] : [[name, { ...side, pages: this.pages(column) }] as const];
    });
    return new Map([...sides, ...paged]);
  }

  private pages(column: PlainColumn): SidePages {
    let plain = true;
    /** @returns name of the call that ended it, if one did */
    const run = async (count: ChunkCount<unknown>): Promise<string | undefined> => {
      const ended = plain ? await this.count(column, count) : 'unpack';
      if (ended === 'read' || ended === 'unpack') plain = false;
      return ended;
    };
    const outcomeOf = <Outcome>(count: ChunkCount<Outcome>) =>
      this.alone(async () => ((await run(count)) === undefined ? count.outcome() : undefined));
    return {
      countCells: (formula) => outcomeOf(cellCount(this.room, formula)),
      pickCells: (formula, cells) => outcomeOf(cellPick(this.room, formula, cells)),
      countValues: (most) =>
        this.alone(async () => {
          for (const table of tablesOf(most)) {
            const count = valueCount(this.room, table);
            const ended = await run(count);
            if (ended === undefined) return notMore(count.outcome(), most);
            if (ended !== 'countValues') return undefined;
          }
          return 'more';
        }),
    };
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** @returns name of the first call that did not return 0; what was found is worth nothing then */
  private async count({ chunks, whole }: PlainColumn, count: ChunkCount<unknown>): Promise<string | undefined> {
    count.clear();
    const tasks = this.room.hands.map((hand) =>
      chunks.map((chunk): Work => [...unpackWork(chunk, hand.unpack), count.call({ rows: chunk.rows, whole }, hand)]),
    );
    return this.crew.share(tasks, this.watcher.signal, this.watcher.onProgress);
  }
}

const notMore = (found: ValueRows, most: number): ValueRows | 'more' =>
  found.values.length + Math.min(1, found.nan) > most ? 'more' : found;
