import type { RelationColumn } from '../duckdb/relation';
import type { PagedTable } from '../pages/paged-table';
import { type PlacedColumn, plainColumn } from '../pages/plain';

/** How a streamed column follows from one of a Parquet file, where that of the same row is all that it needs. */
export type Plain =
  /** The number itself. */
  | { readonly as: 'number'; readonly of: RelationColumn }
  /** 1 for a value, 0 for others. */
  | { readonly as: 'equal'; readonly of: RelationColumn; readonly value: number | string }
  /** Its place among names, which are all that there are. */
  | { readonly as: 'place'; readonly of: RelationColumn; readonly names: readonly string[] };

/** Names are compared one after another, with every text of a dictionary. */
const MOST_NAMES = 256;

/** The column that has it, if its pages may be read. */
export function plainPages(table: PagedTable, plain: Plain): PlacedColumn | undefined {
  if (plain.as === 'number') return plainColumn(table, plain.of, 'number');
  if (plain.as === 'place') return plain.names.length > MOST_NAMES ? undefined : plainColumn(table, plain.of, 'text');
  if (typeof plain.value === 'string') return plainColumn(table, plain.of, 'text');
  return Number.isSafeInteger(plain.value) ? plainColumn(table, plain.of, 'whole') : undefined;
}

/** Texts that its values are compared with, if they are texts. */
export function namesOf(plain: Plain): readonly string[] | undefined {
  if (plain.as === 'place') return plain.names;
  return plain.as === 'equal' && typeof plain.value === 'string' ? [plain.value] : undefined;
}
