import { differArguments, type KeyPlan } from '../../core/kernels/keys';
import { type Call, PARTS, type Phase, type Phases, partStart, type Results } from '../../core/kernels/phases';
import { type TextNames, type UnpackRoom, unpackCall } from '../../core/kernels/unpacking';
import type { ReadCall } from '../crew';
import type { PagedColumn, PagedTable } from '../pages/paged-table';

/** A column of a table, and where its values go: byte offsets. */
export interface PagePlan {
  readonly table: PagedTable;
  readonly column: PagedColumn;
  readonly to: number;
  readonly as: /** f64 a row. */
    | { readonly kind: 'number' }
    /** u8 a row: whether it is this number, or the first of the names. */
    | { readonly kind: 'equal'; readonly value: number; readonly names?: TextNames }
    /** u16 a row. */
    | { readonly kind: 'place'; readonly names: TextNames };
}

/** Keys of tables with the same row groups, of which the first one's must all differ. */
export interface KeyPages {
  readonly tables: readonly (readonly [table: PagedTable, column: PagedColumn])[];
  readonly plan: KeyPlan;
  readonly store: number;
}

/** What one thread works with. */
export interface PagePart {
  readonly room: UnpackRoom;
  /** A key column of another table: as it lies in the file, and its values. */
  readonly other: { readonly packed: number; readonly values: number };
  readonly ends: number;
  readonly table: number;
}

export interface PageReading {
  readonly groups: readonly number[];
  readonly columns: readonly PagePlan[];
  readonly keys: KeyPages;
  readonly parts: readonly PagePart[];
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** `refused`: somebody else has to read. `unlike`: keys of tables differ, or one is there twice, or that cannot be told. */
export type PageOutcome = 'read' | 'refused' | 'unlike';

/** Keys of a row group, of a table other than the first. */
type KeyPiece = readonly [table: number, group: number];

type PagePhases<Outcome> = Phases<Outcome, Call | ReadCall>;

/** Rows after which others get a word. */
const ROWS_AT_ONCE = 2_000_000;

/** Reads columns, and compares keys, by row groups. */
export function* readPages(reading: PageReading): PagePhases<PageOutcome> {
  const { groups, parts, onProgress } = reading;
  const differing = [...unequalChunks(reading.keys)];
  const starts = startsOf(groups);
  for (let from = 0; from < groups.length; ) {
    let to = from + 1;
    while (to < groups.length && (starts[to + 1] ?? 0) - (starts[from] ?? 0) <= ROWS_AT_ONCE) to += 1;
    const lists = parts.map((part, index): readonly Step[] =>
      groups.flatMap((_, group) =>
        group < from || group >= to || group % PARTS !== index
          ? []
          : [...keySteps(reading, part, index, group), ...columnSteps(reading, part, group, starts[group] ?? 0)],
      ),
    );
    for (const { compares } of unfit(lists, yield callsOf(lists))) {
      if (compares === undefined) return 'refused';
      differing.push(compares);
    }
    from = to;
    onProgress?.(to / groups.length);
  }
  return yield* compareKeys(reading, differing);
}

/** Row groups of tables whose keys take another number of bytes than the first one's. */
function unequalChunks({ tables: [first, ...others] }: KeyPages): readonly KeyPiece[] {
  return others.flatMap(([, { chunks }], index) =>
    chunks.flatMap(({ bytes }, group): readonly KeyPiece[] =>
      bytes === first?.[1].chunks[group]?.bytes ? [] : [[index + 1, group]],
    ),
  );
}

/** One call, and what it means if its result is not 0. */
interface Step {
  readonly call: Call | ReadCall;
  /** Bytes of a key column that may differ where its values do not. */
  readonly compares?: KeyPiece;
}

const callsOf = (lists: readonly (readonly Step[])[]): Phase<Call | ReadCall> =>
  lists.map((steps) => steps.map(({ call }) => call));

const unfit = (lists: readonly (readonly Step[])[], results: Results): readonly Step[] =>
  lists.flatMap((steps, part) => steps.filter((_, index) => results[part]?.[index] !== 0));

const startsOf = (groups: readonly number[]): readonly number[] => {
  const starts = [0];
  for (const rows of groups) starts.push((starts.at(-1) ?? 0) + rows);
  return starts;
};

/** Reads a chunk and unpacks it. */
function unpackSteps(
  { path }: PagedTable,
  { type, optional, chunks }: PagedColumn,
  [group, rows]: readonly [group: number, rows: number],
  room: UnpackRoom,
  to: number,
  names?: TextNames,
): readonly Step[] {
  const chunk = chunks[group];
  if (chunk === undefined) throw new RangeError(`${path} has no row group ${group}`);
  return [
    { call: ['read', path, chunk.from, chunk.bytes, room.packed] },
    { call: unpackCall({ ...chunk, rows, type, optional }, room, to, names) },
  ];
}

/** The first table's keys are spread; those of others are not even unpacked where their bytes are the same. */
function keySteps(
  { groups, keys }: PageReading,
  { room, other, ends }: PagePart,
  index: number,
  group: number,
): readonly Step[] {
  const rows = groups[group] ?? 0;
  const { low, bits, split, room: most } = keys.plan;
  const [first, ...others] = keys.tables;
  if (first === undefined) return [];
  const chunk = first[1].chunks[group];
  const spread: Call = [
    'spreadKeys',
    room.values,
    rows,
    low,
    bits,
    split,
    most,
    ends,
    keys.store,
    index === 0 ? 1 : -1,
  ];
  return [
    ...unpackSteps(...first, [group, rows], room, room.values),
    { call: spread },
    ...others.flatMap(([{ path }, { chunks }], index): readonly Step[] => {
      const theirs = chunks[group];
      if (theirs === undefined || theirs.bytes !== chunk?.bytes) return [];
      return [
        { call: ['read', path, theirs.from, theirs.bytes, other.packed] },
        { call: ['differ', room.packed, other.packed, theirs.bytes], compares: [index + 1, group] },
      ];
    }),
  ];
}

function columnSteps(
  { groups, columns }: PageReading,
  { room }: PagePart,
  group: number,
  start: number,
): readonly Step[] {
  const rows = groups[group] ?? 0;
  return columns.flatMap(({ table, column, to, as }): readonly Step[] => {
    const here = [group, rows] as const;
    if (as.kind === 'number') return unpackSteps(table, column, here, room, to + 8 * start);
    const steps = unpackSteps(table, column, here, room, room.values, as.names);
    const call: Call =
      as.kind === 'place'
        ? ['narrow', room.values, rows, to + 2 * start]
        : ['markEqual', room.values, rows, as.value, to + start];
    return [...steps, { call }];
  });
}

/** Values of keys whose bytes differ, and whether the first table's are all different. */
function* compareKeys({ groups, keys, parts }: PageReading, differing: readonly KeyPiece[]): PagePhases<PageOutcome> {
  const [first] = keys.tables;
  if (first === undefined) return 'unlike';
  for (let from = 0; from < differing.length; from += PARTS) {
    const lists = parts.map(({ room, other }, index): readonly Step[] => {
      const [table = 0, group = 0] = differing[from + index] ?? [];
      const theirs = keys.tables[table];
      if (table === 0 || theirs === undefined) return [];
      const here = [group, groups[group] ?? 0] as const;
      return [
        ...unpackSteps(...first, here, room, room.values),
        ...unpackSteps(...theirs, here, room, other.values),
        { call: ['differ', room.values, other.values, 8 * here[1]], compares: [table, group] },
      ];
    });
    for (const { compares } of unfit(lists, yield callsOf(lists))) return compares === undefined ? 'refused' : 'unlike';
  }
  const [own, theirs] = parts;
  if (own === undefined || theirs === undefined) throw new RangeError('there is a part for each of two threads');
  const partitions = 2 ** keys.plan.split;
  const results = yield parts.map(({ table }, index): readonly Call[] => {
    const spread = { ends: own.ends, behind: theirs.ends, store: keys.store, table };
    const range = [partStart(index, partitions), partStart(index + 1, partitions)] as const;
    return [['keysDiffer', ...differArguments(keys.plan, spread, ...range)]];
  });
  return results.flat().every((result) => result === 0) ? 'read' : 'unlike';
}
