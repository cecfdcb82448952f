import type { ColumnType } from '../data/table';
import { literal, type Sql, sql } from './sql';
import { joniPattern } from './trino-regex';

/** How a cell comes to Athena: a text (CSV), a JSON value (JSON lines), or a value of a column's type (Parquet). */
export type TrinoHeld = 'text' | 'json' | ColumnType | 'other';

/** Trino's type of a cell that was read as a declared type. */
const TRINO_TYPES: Readonly<Record<ColumnType, Sql>> = {
  string: sql`VARCHAR`,
  integer: sql`BIGINT`,
  number: sql`DOUBLE`,
  boolean: sql`BOOLEAN`,
  date: sql`DATE`,
  timestamp: sql`TIMESTAMP(6)`,
};

/**
 * Trino SQL that reads a cell as a declared type, NULL where it is missing or cannot be read as that. What can be read
 * is exactly what `parseText` and `hasType` of core/data/table.ts can, as in `cellAs` for DuckDB; Trino's own casts take
 * other things (`" 1 "`, `"1e3"` as no whole number, `t` as true), so that a pattern decides before a cast does.
 *
 * @param value the column, or any expression over it; it is written several times
 */
export function trinoCellAs(value: Sql, held: TrinoHeld, type: ColumnType): Sql {
  if (held === 'text') return textAs(value, type);
  if (held === 'json') return jsonAs(value, type);
  return typedAs(value, held, type);
}

/** Trino SQL of the cell as a person wrote it, for messages. */
export function trinoCellText(value: Sql, held: TrinoHeld): Sql {
  if (held === 'json') return sql`coalesce(json_extract_scalar(${value}, '$'), nullif(json_format(${value}), 'null'))`;
  return held === 'text' || held === 'string' ? value : sql`CAST(${value} AS VARCHAR)`;
}

const LARGEST = literal(Number.MAX_SAFE_INTEGER);

/** True where the whole text has the form. */
const has = (value: Sql, form: string): Sql =>
  sql`regexp_like(${value}, ${literal(joniPattern(`^(?:${form})$`) ?? '')})`;

// Digits are ASCII's, as in the patterns of core/data/table.ts.
const INTEGER = '[+-]?[0-9]+(\\.0+)?';
const NUMBER = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?';
const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const OFFSET = 'Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9]';
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?';

function textAs(value: Sql, type: ColumnType): Sql {
  switch (type) {
    case 'string':
      return value;
    case 'integer':
      return sql`CASE WHEN ${has(value, INTEGER)} THEN ${safeInteger(sql`try_cast(${value} AS DOUBLE)`)} END`;
    case 'number':
      return sql`CASE WHEN ${has(value, NUMBER)} THEN ${finite(sql`try_cast(${value} AS DOUBLE)`)} END`;
    case 'boolean':
      return sql`CASE lower(${value}) WHEN 'true' THEN TRUE WHEN '1' THEN TRUE WHEN 'false' THEN FALSE WHEN '0' THEN FALSE END`;
    case 'date':
      return sql`CASE WHEN ${has(value, DATE)} THEN ${day(value)} END`;
    case 'timestamp':
      return sql`CASE WHEN ${has(value, DATE)} THEN CAST(${day(value)} AS TIMESTAMP(6)) WHEN ${has(value, `${DATE}[T ]${CLOCK}(${OFFSET})?`)} THEN ${moment(value)} END`;
  }
}

/** `parseText` reads 0000-02-29 as no day. */
const day = (value: Sql): Sql =>
  sql`CASE WHEN substr(${value}, 1, 10) <> '0000-02-29' THEN try_cast(substr(${value}, 1, 10) AS DATE) END`;

/**
 * The local time, less the offset. Fractions are cut at microseconds and not rounded; the day decides by itself whether
 * there is such a moment, since times of day are already of the right form.
 */
function moment(value: Sql): Sql {
  const clock = sql`substr(${value}, 12, 5)`;
  const seconds = sql`coalesce(regexp_extract(${value}, '^.{16}:([0-9]{2})', 1), '00')`;
  const fraction = sql`coalesce(regexp_extract(${value}, '[.]([0-9]{1,6})', 1), '0')`;
  const local = sql`try_cast(CAST(${day(value)} AS VARCHAR) || ' ' || ${clock} || ':' || ${seconds} || '.' || rpad(${fraction}, 6, '0') AS TIMESTAMP(6))`;
  const sign = sql`CASE regexp_extract(substr(${value}, 17), '([+-])[0-9]{2}:?[0-9]{2}$', 1) WHEN '+' THEN -1 WHEN '-' THEN 1 ELSE 0 END`;
  const hours = sql`coalesce(CAST(regexp_extract(substr(${value}, 17), '[+-]([0-9]{2}):?[0-9]{2}$', 1) AS BIGINT), 0)`;
  const minutes = sql`coalesce(CAST(regexp_extract(substr(${value}, 17), '[+-][0-9]{2}:?([0-9]{2})$', 1) AS BIGINT), 0)`;
  return sql`date_add('minute', ${sign} * (${hours} * 60 + ${minutes}), ${local})`;
}

const finite = (value: Sql): Sql => sql`CASE WHEN is_finite(${value}) THEN ${value} END`;

const safeInteger = (value: Sql): Sql =>
  sql`CASE WHEN abs(${value}) <= ${LARGEST} AND ${value} = truncate(${value}) THEN CAST(${value} AS BIGINT) END`;

/** A JSON value's text tells its kind by its first character. */
function jsonAs(value: Sql, type: ColumnType): Sql {
  const text = sql`json_format(${value})`;
  const number = sql`try_cast(${text} AS DOUBLE)`;
  const isNumber = sql`regexp_like(${text}, '^[-0-9]')`;
  if (type === 'boolean') return sql`CASE ${text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`;
  if (type === 'integer') return sql`CASE WHEN ${isNumber} THEN ${safeInteger(number)} END`;
  if (type === 'number') return sql`CASE WHEN ${isNumber} THEN ${finite(number)} END`;
  const string = sql`json_extract_scalar(${value}, '$')`;
  return sql`CASE WHEN starts_with(${text}, '"') THEN ${textAs(string, type)} END`;
}

function typedAs(value: Sql, held: ColumnType | 'other', type: ColumnType): Sql {
  const nothing = sql`CAST(NULL AS ${TRINO_TYPES[type]})`;
  const number = held === 'integer' || held === 'number';
  const double = sql`CAST(${value} AS DOUBLE)`;
  if (type === 'integer') return number ? safeInteger(double) : nothing;
  if (type === 'number') return number ? finite(double) : nothing;
  if (type === 'boolean') return held === 'boolean' ? value : nothing;
  if (held === 'string') return textAs(value, type);
  if (type === 'timestamp' && (held === 'date' || held === 'timestamp')) return sql`CAST(${value} AS TIMESTAMP(6))`;
  return held === type ? value : nothing;
}
