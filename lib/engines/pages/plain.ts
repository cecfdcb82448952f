import type { PhysicalType } from '../../core/kernels/unpacking';
import type { RelationColumn } from '../duckdb/relation';
import type { PagedColumn, PagedTable } from './paged-table';

/** DuckDB's types of columns whose values are those of the file, by how they lie there. */
const HELD: Readonly<Record<PhysicalType, RegExp>> = {
  INT32: /^(INTEGER|SMALLINT|TINYINT)$/,
  INT64: /^BIGINT$/,
  FLOAT: /^FLOAT$/,
  DOUBLE: /^DOUBLE$/,
  BYTE_ARRAY: /^VARCHAR$/,
};

/** A column of a relation as it lies in the pages of its file; `undefined` where a value there is not the value of the relation. */
export function plainColumn(
  table: PagedTable,
  { name, type, held }: RelationColumn,
  kind: 'whole' | 'number' | 'text',
): PagedColumn | undefined {
  const found = table.columns.get(name);
  if (found === undefined || held !== 'typed' || !HELD[found.type].test(type)) return undefined;
  return KINDS[kind].includes(found.type) ? found : undefined;
}

const KINDS: Readonly<Record<'whole' | 'number' | 'text', readonly PhysicalType[]>> = {
  whole: ['INT32', 'INT64'],
  number: ['FLOAT', 'DOUBLE'],
  text: ['BYTE_ARRAY'],
};
