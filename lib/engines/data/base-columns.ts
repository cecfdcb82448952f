import type { Column, ColumnType, TableColumn } from '../../core/data/table';
import { cellAs, cellText } from '../../core/sql/cells';
import { identifier, type Sql, sql } from '../../core/sql/sql';
import type { RelationColumn } from '../duckdb/relation';

/** A column, and the SQL of its cells. */
export interface BaseColumn extends TableColumn {
  readonly cell: Sql;
  /** Whether the cell is the file's own value. */
  readonly raw: boolean;
  /** The text of a cell that cannot be read as declared; NULL for others. */
  readonly broken?: Sql;
}

/** Keys of 38 digits are common in this type, and a double would make some of them equal. */
const WHOLE_DECIMAL = /^DECIMAL\(\d+,\s*0\)$/;

const FAMILIES: readonly (readonly [RegExp, ColumnType])[] = [
  [/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/, 'integer'],
  [WHOLE_DECIMAL, 'integer'],
  [/^(DOUBLE|FLOAT|DECIMAL\(.*\))$/, 'number'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATE$/, 'date'],
  [/^TIMESTAMP.*$/, 'timestamp'],
  [/^(VARCHAR|UUID|ENUM\(.*\))$/s, 'string'],
];

/** Types whose values are read as they are. */
const RAW = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BOOLEAN|DATE|TIMESTAMP|VARCHAR)$/;

/** How a column is read, as declared or as it is. */
export function cellsOf(column: RelationColumn, declared: Column | undefined): BaseColumn {
  const { name, type: stored } = column;
  const value = identifier(name);
  const family = FAMILIES.find(([pattern]) => pattern.test(stored))?.[1];
  const own = column.held === 'typed' ? (family ?? 'other') : 'string';
  if (declared === undefined || (own === declared.type && column.held === 'typed')) {
    return { name, type: own, stored, ...typedCell(value, stored, own) };
  }
  const cell = cellAs(value, column, declared.type);
  const text = cellText(value, column);
  if (column.held === 'text' && declared.type === 'string')
    return { name, type: 'string', stored, cell: value, raw: true };
  const broken = sql`CASE WHEN ${text} IS NOT NULL AND ${cell} IS NULL THEN ${text} END`;
  return { name, type: declared.type, stored: SQL_NAMES[declared.type], cell, raw: false, broken };
}

const SQL_NAMES: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

function typedCell(value: Sql, stored: string, type: ColumnType | 'other'): Pick<BaseColumn, 'cell' | 'raw'> {
  if (RAW.test(stored)) return { cell: value, raw: true };
  if (WHOLE_DECIMAL.test(stored)) return { cell: sql`CAST(${value} AS HUGEINT)`, raw: false };
  if (type === 'number') {
    const double = stored === 'DOUBLE' ? value : sql`CAST(${value} AS DOUBLE)`;
    // Not a number is no value, as in pandas.
    return {
      cell: stored.startsWith('DECIMAL') ? double : sql`CASE WHEN NOT isnan(${value}) THEN ${double} END`,
      raw: false,
    };
  }
  if (type === 'timestamp') return { cell: sql`CAST(${value} AS TIMESTAMP)`, raw: false };
  return { cell: sql`CAST(${value} AS VARCHAR)`, raw: false };
}
