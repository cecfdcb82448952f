import { type KeySpan, keyCheckBytes } from '../../core/kernels/keys';
import type { BinaryRoom, Reserve } from '../../core/kernels/room';
import { SharedKeys } from '../../core/kernels/shared-keys';
import { takeUnpackRoom, textNames, unpackLimits } from '../../core/kernels/unpacking';
import type { DuckDbSession } from '../duckdb/session';
import { openPages, type PagedTable, rowsOf } from '../pages/paged-table';
import { type PlacedColumn, plainColumn } from '../pages/plain';
import { parallel } from '../parallel';
import type { AskedTable } from './asked';
import { type PageHand, type PageOutcome, type PagePlan, type PageReading, readPages } from './page-tasks';
import { namesOf, type Plain, plainPages } from './plain';
import type { Workshop } from './rank';
import type { StreamColumn } from './stream';

/** A column of a row group that takes more bytes is left to others. */
const MOST_BYTES = 2 ** 26;

const isSmall = ({ chunks }: PlacedColumn): boolean =>
  chunks.every(({ bytes, unpackedBytes }) => Math.max(bytes, unpackedBytes) <= MOST_BYTES);

/** One for each thread of a crew. */
const HANDS = 2;

/** A column of a file whose values are those of a column that is asked for. */
interface PlainOne {
  readonly asked: StreamColumn;
  readonly plain: Plain;
  readonly column: PlacedColumn;
}

/** Where things lie in the workshop's memory: byte offsets. */
interface Places {
  readonly hands: readonly PageHand[];
  readonly spread: SharedKeys;
  readonly names: ReadonlyMap<Plain, number>;
}

/** What came of it. */
export interface PagesRead {
  readonly outcome: PageOutcome;
  /** Columns that were read, unless it was refused. */
  readonly columns: ReadonlySet<StreamColumn>;
}

/** Tables that are Parquet files of the same row groups: what is plain there is unpacked straight into the workshop's room. */
export class PagedTables {
  private places: Places | undefined;

  private constructor(
    private readonly tables: readonly PagedTable[],
    private readonly keys: readonly PlacedColumn[],
    private readonly span: KeySpan,
  ) {}

  /** @returns `undefined` where pages say too little. @throws DuckDB's own error */
  static async open(
    session: DuckDbSession,
    asked: readonly AskedTable[],
    span: KeySpan,
  ): Promise<PagedTables | undefined> {
    const paths = asked.flatMap(({ path }) => path ?? []);
    if (paths.length < asked.length || !Number.isFinite(keyCheckBytes(span))) return undefined;
    const open = paths.map((path, index) => () => openPages(session, path, namesIn(asked[index])));
    const tables = await parallel(session.threads, open);
    const [first] = tables;
    if (!tables.every(({ groups }) => String(groups) === String(first?.groups))) return undefined;
    // A file that was replaced since rows were counted has no place in their room.
    if (first === undefined || rowsOf(first) !== span.rows) return undefined;
    const keys: PlacedColumn[] = [];
    for (const [index, { own, keys: of }] of asked.entries()) {
      const table = tables[index];
      const column = table === undefined || !own ? undefined : plainColumn(table, of.column, 'whole');
      if (column !== undefined && isSmall(column)) keys.push(column);
      else if (own) return undefined;
    }
    return new PagedTables(tables, keys, span);
  }

  /** Takes room beside what a workshop has of its own. */
  reserve(asked: readonly AskedTable[], ...[layout, spare]: Parameters<Reserve>): void {
    const ones = this.plainOnes(asked);
    const columns = [...this.keys, ...ones.map(({ column }) => column)];
    const limits = unpackLimits(columns.flatMap(({ chunks }) => chunks));
    const names = ones.flatMap(({ plain }) => {
      const texts = namesOf(plain);
      return texts === undefined ? [] : [[plain, layout.take(textNames(texts).length)] as const];
    });
    this.places = {
      hands: Array.from({ length: HANDS }, () => ({
        room: takeUnpackRoom(limits, layout),
        other: { packed: layout.take(limits.packedBytes), values: layout.take(8 * limits.rows) },
      })),
      spread: new SharedKeys(this.span, HANDS, layout, spare),
      names: new Map(names),
    };
  }

  /**
   * Reads what is plain, and looks at all keys.
   *
   * @param asked of the same tables, into the workshop's room
   * @throws what a signal told, or the error of a file that cannot be read
   */
  async read({ room, crew }: Workshop, asked: readonly AskedTable[], session: DuckDbSession): Promise<PagesRead> {
    const { places } = this;
    if (places === undefined) throw new RangeError('there is room only once it was reserved');
    const ones = this.plainOnes(asked);
    const bytes = new Uint8Array(room.memory.buffer);
    for (const [plain, at] of places.names) bytes.set(textNames(namesOf(plain) ?? []), at);
    const reading: PageReading = {
      groups: this.tables[0]?.groups ?? [],
      columns: ones.map((one) => planOf(one, room, places.names)),
      keys: this.keys,
      spread: places.spread,
      hands: places.hands,
    };
    const outcome = await readPages(crew, reading, session.watcher);
    return { outcome, columns: new Set(ones.map((one) => one.asked)) };
  }

  private plainOnes(asked: readonly AskedTable[]): readonly PlainOne[] {
    return asked.flatMap(({ columns }, index) => {
      const table = this.tables[index];
      if (table === undefined) return [];
      return columns.flatMap((each): readonly PlainOne[] => {
        const { plain } = each;
        const column = plain === undefined ? undefined : plainPages(table, plain);
        if (plain === undefined || column === undefined || !isSmall(column)) return [];
        return [{ asked: each, plain, column }];
      });
    });
  }
}

/** Columns of the file that are asked about. */
const namesIn = (asked: AskedTable | undefined): readonly string[] =>
  asked === undefined ? [] : [asked.keys.column.name, ...asked.columns.flatMap(({ plain }) => plain?.of.name ?? [])];

function planOf({ asked, plain, column }: PlainOne, room: BinaryRoom, names: ReadonlyMap<Plain, number>): PagePlan {
  const { into } = asked;
  if (into?.buffer !== room.memory.buffer) throw new RangeError('values go into the room');
  const of = { column, to: into.byteOffset };
  const texts = { at: names.get(plain) ?? 0, count: namesOf(plain)?.length ?? 0 };
  if (plain.as === 'number') return { ...of, as: { kind: 'number' } };
  if (plain.as === 'place') return { ...of, as: { kind: 'place', names: texts } };
  if (typeof plain.value === 'number') return { ...of, as: { kind: 'equal', value: plain.value } };
  // The only name has the place 0, and 1 stands for others.
  return { ...of, as: { kind: 'equal', value: 0, names: { ...texts, others: 1 } } };
}
