import type { ColumnType } from '../data/table';
import { literal, type Sql, sql } from './sql';

/**
 * How a column of a file holds its cells: `text` (CSV read as text), `json` (one JSON value a cell) or `typed` (Parquet,
 * or CSV and JSON that were converted while reading).
 */
export type Held = 'text' | 'json' | 'typed';

/** What a cell is read from. */
export interface CellSource {
  readonly held: Held;
  /** DuckDB's name of the type, e.g. `VARCHAR`, `BIGINT`, `DECIMAL(18,3)`. */
  readonly type: string;
}

/** DuckDB's type of a cell that was read as a declared type. */
export const SQL_TYPES: Readonly<Record<ColumnType, Sql>> = {
  string: sql`VARCHAR`,
  integer: sql`BIGINT`,
  number: sql`DOUBLE`,
  boolean: sql`BOOLEAN`,
  date: sql`DATE`,
  timestamp: sql`TIMESTAMP`,
};

/**
 * DuckDB SQL that reads a cell as a declared type: NULL where it is missing and where it cannot be read as that. The
 * same texts are read as by `parseText`, the same JSON and Parquet values as by `hasType` (core/data/table.ts), with the
 * same meaning; timestamps with an offset become UTC, and fractions of a second are cut at microseconds.
 *
 * @param value the column, or any expression over it
 * @returns an expression of the type in `SQL_TYPES`
 */
export function cellAs(value: Sql, source: CellSource, type: ColumnType): Sql {
  if (source.held === 'text') return textAs(value, type);
  if (source.held === 'json') return jsonAs(value, type);
  return typedAs(value, source.type, type);
}

/** DuckDB SQL of the cell as a person wrote it, for messages. */
export function cellText(value: Sql, { held }: CellSource): Sql {
  if (held === 'json') return sql`(${value} ->> '$')`;
  return held === 'text' ? value : sql`CAST(${value} AS VARCHAR)`;
}

// `parseText` reads 0000-02-29 as no day, and DuckDB's casts take more than it does (spaces, `1_000`, `2024-2-9`,
// rounding): the patterns are those of core/data/table.ts, and casts only turn what these let through into values.
const LARGEST = literal(Number.MAX_SAFE_INTEGER);
const DATE = literal('\\d{4}-\\d{2}-\\d{2}');
const TIMESTAMP = literal(
  '\\d{4}-\\d{2}-\\d{2}[T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d+)?)?(Z|[+-]([01]\\d|2[0-3]):?[0-5]\\d)?',
);

function textAs(value: Sql, type: ColumnType): Sql {
  switch (type) {
    case 'string':
      return value;
    case 'integer':
      return sql`CASE WHEN regexp_full_match(${value}, '[+-]?\\d+(\\.0+)?') THEN ${safeInteger(sql`TRY_CAST(${value} AS DOUBLE)`)} END`;
    case 'number':
      return sql`CASE WHEN regexp_full_match(${value}, '[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?') THEN ${finite(sql`TRY_CAST(${value} AS DOUBLE)`)} END`;
    case 'boolean':
      return sql`CASE lower(${value}) WHEN 'true' THEN TRUE WHEN '1' THEN TRUE WHEN 'false' THEN FALSE WHEN '0' THEN FALSE END`;
    case 'date':
      return sql`CASE WHEN regexp_full_match(${value}, ${DATE}) AND ${value} <> '0000-02-29' THEN TRY_CAST(${value} AS DATE) END`;
    case 'timestamp':
      return sql`CASE WHEN starts_with(${value}, '0000-02-29') THEN NULL WHEN regexp_full_match(${value}, ${DATE}) THEN CAST(TRY_CAST(${value} AS DATE) AS TIMESTAMP) WHEN regexp_full_match(${value}, ${TIMESTAMP}) THEN CAST(TRY_CAST(${withSeconds(value)} AS TIMESTAMPTZ) AS TIMESTAMP) END`;
  }
}

/** DuckDB wants seconds where an offset follows. */
const withSeconds = (value: Sql): Sql =>
  sql`CASE WHEN substr(${value}, 17, 1) IN ('Z', '+', '-') THEN substr(${value}, 1, 16) || ':00' || substr(${value}, 17) ELSE ${value} END`;

const finite = (value: Sql): Sql => sql`CASE WHEN isfinite(${value}) THEN ${value} END`;

const safeInteger = (value: Sql): Sql =>
  sql`CASE WHEN abs(${value}) <= ${LARGEST} AND ${value} = trunc(${value}) THEN CAST(${value} AS BIGINT) END`;

function jsonAs(value: Sql, type: ColumnType): Sql {
  const kind = sql`json_type(${value})`;
  const number = sql`TRY_CAST(${value} AS DOUBLE)`;
  const isNumber = sql`${kind} IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT')`;
  if (type === 'boolean') return sql`CASE WHEN ${kind} = 'BOOLEAN' THEN CAST(${value} AS BOOLEAN) END`;
  if (type === 'integer') return sql`CASE WHEN ${isNumber} THEN ${safeInteger(number)} END`;
  if (type === 'number') return sql`CASE WHEN ${isNumber} THEN ${finite(number)} END`;
  return sql`CASE WHEN ${kind} = 'VARCHAR' THEN ${textAs(sql`(${value} ->> '$')`, type)} END`;
}

const WHOLE = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)$/;
const FRACTION = /^(DOUBLE|FLOAT|DECIMAL\(.*\))$/;

function typedAs(value: Sql, held: string, type: ColumnType): Sql {
  const nothing = sql`CAST(NULL AS ${SQL_TYPES[type]})`;
  const number = WHOLE.test(held) || FRACTION.test(held);
  const double = sql`CAST(${value} AS DOUBLE)`;
  if (type === 'integer') return number ? safeInteger(double) : nothing;
  if (type === 'number') return number ? finite(double) : nothing;
  if (type === 'boolean') return held === 'BOOLEAN' ? value : nothing;
  const text = held === 'VARCHAR' || held === 'UUID' || held.startsWith('ENUM(');
  if (text) return textAs(held === 'VARCHAR' ? value : sql`CAST(${value} AS VARCHAR)`, type);
  if (type === 'string') return nothing;
  if (held === 'DATE') return type === 'date' ? value : sql`CAST(${value} AS TIMESTAMP)`;
  if (held.startsWith('TIMESTAMP') && type === 'timestamp') return sql`CAST(${value} AS TIMESTAMP)`;
  return nothing;
}
