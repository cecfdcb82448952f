import type { Relation, RelationColumn } from '../duckdb/relation';
import type { DuckDbSession } from '../duckdb/session';
import { openPages, type PagedTable } from '../pages/paged-table';
import { plainColumn } from '../pages/plain';
import type { PlacedChunk } from '../pages/unpack-work';
import type { ColumnSide } from './side';

/** A column of numbers whose pages may be read without DuckDB. */
export interface PlainColumn {
  /** Whether its numbers are whole. */
  readonly whole: boolean;
  /** Of all files, in their order. */
  readonly chunks: readonly PlacedChunk[];
}

/** Kernels count in 32 bits. */
const MOST_ROWS = 2 ** 32 - 1;

/** Columns among `sides` that are plain, by name. */
export async function plainColumns(
  session: DuckDbSession,
  { format, files, columns }: Relation,
  sides: ReadonlyMap<string, ColumnSide>,
): Promise<ReadonlyMap<string, PlainColumn>> {
  const wanted = columns.filter(({ name }) => isCountable(sides.get(name)));
  if (format !== 'parquet' || wanted.length === 0) return new Map();
  const names = wanted.map(({ name }) => name);
  const tables: PagedTable[] = [];
  for (const path of files) tables.push(await openPages(session, path, names));
  return new Map(
    wanted.flatMap((column) => {
      const whole = sides.get(column.name)?.kind.floating !== true;
      const chunks = chunksOf(tables, column, whole ? 'whole' : 'number');
      const rows = chunks?.reduce((sum, chunk) => sum + chunk.rows, 0);
      if (chunks === undefined || rows !== sides.get(column.name)?.profile.rows) return [];
      return [[column.name, { whole, chunks }] as const];
    }),
  );
}

/** Whether all rows have numbers, as far as is known, that a double holds. */
function isCountable(side: ColumnSide | undefined): boolean {
  if (side?.kind.kind !== 'numeric') return false;
  const { rows, missing, low, high } = side.profile;
  const exact = side.kind.floating === true || Math.max(Math.abs(low), Math.abs(high)) <= Number.MAX_SAFE_INTEGER;
  return missing === 0 && rows <= MOST_ROWS && exact;
}

function chunksOf(
  tables: readonly PagedTable[],
  column: RelationColumn,
  kind: 'whole' | 'number',
): readonly PlacedChunk[] | undefined {
  const found = tables.map((table) => plainColumn(table, column, kind));
  return found.includes(undefined) ? undefined : found.flatMap((paged) => paged?.chunks ?? []);
}
