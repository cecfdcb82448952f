import type { PhysicalType } from '../../core/kernels/unpacking';
import type { RelationColumn } from '../duckdb/relation';
import { HELD, type PagedColumn, type PagedTable } from './paged-table';
import type { PlacedChunk } from './unpack-work';

/** A column whose chunks tell their file, so that they can be unpacked. */
export interface PlacedColumn extends PagedColumn {
  readonly chunks: readonly PlacedChunk[];
}

/** A column of a relation as it lies in the pages of its file; `undefined` where a value there is not the value of the relation. */
export function plainColumn(
  table: PagedTable,
  { name, type, held }: RelationColumn,
  kind: 'whole' | 'number' | 'text',
): PlacedColumn | undefined {
  const found = table.columns.get(name);
  if (found === undefined || held !== 'typed' || !HELD[found.type].includes(type)) return undefined;
  if (!KINDS[kind].includes(found.type)) return undefined;
  return { ...found, chunks: found.chunks.map((chunk) => ({ ...chunk, path: table.path })) };
}

const KINDS: Readonly<Record<'whole' | 'number' | 'text', readonly PhysicalType[]>> = {
  whole: ['INT32', 'INT64'],
  number: ['FLOAT', 'DOUBLE'],
  text: ['BYTE_ARRAY'],
};
