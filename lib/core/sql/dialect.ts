import type { ColumnType } from '../data/table';
import { fromPython } from './python-regex';
import { literal, type Sql, sql } from './sql';

/** What an engine writes otherwise than the others. Everything else of a plan is SQL that all of them read. */
export interface Dialect {
  readonly name: 'duckdb' | 'trino';
  /** Whole numbers of up to 38 digits, in which sums are exact. */
  wide(value: Sql): Sql;
  /** A whole number of at most 63 bits from a double that is one. */
  whole(value: Sql): Sql;
  double(value: Sql): Sql;
  /** What to sum, so that the sum of whole numbers is exact: DuckDB's sum of BIGINT is wide by itself. */
  total(value: Sql): Sql;
  /** A number that orders as the column does: dates and timestamps as microseconds since 1970. */
  measure(value: Sql, type: 'integer' | 'number' | 'boolean' | 'date' | 'timestamp'): Sql;
  /** As text that is the same for both engines; `type` is that of the column. */
  text(value: Sql, type: ColumnType | 'other'): Sql;
  /** Value of a timestamp or date literal; `iso` is ISO 8601 without an offset. */
  timestamp(iso: string): Sql;
  date(iso: string): Sql;
  /** True where `pattern` is found anywhere in the text. */
  matches(value: Sql, pattern: string): Sql;
  /** Whether the engine's regular expressions can read the pattern with the meaning it has in Python and JavaScript. */
  reads(pattern: string): boolean;
  /** Number of characters (code points). */
  length(value: Sql): Sql;
  isNan(value: Sql): Sql;
  /** True for a text that is one JSON value. */
  isJson(value: Sql): Sql;
}

/** Look-around, back references, possessive and atomic groups, some flags: RE2 refuses them; \h means different things. */
const BEYOND_RE2 = /\(\?[=!<>]|\(\?P=|\(\?[a-zA-Z]*[aLux]|\\[1-9]|\\[hHRKGXuUN]|[*+?}]\+/;

/** RE2 knows named groups as `(?P<…>`; a bare `(?<name>` is a look-behind to the test above. */
const readsRe2 = (pattern: string): boolean => !BEYOND_RE2.test(pattern) && fromPython(pattern, 're2') !== undefined;

export const DUCKDB: Dialect = {
  name: 'duckdb',
  wide: (value) => sql`CAST(${value} AS HUGEINT)`,
  whole: (value) => sql`CAST(${value} AS BIGINT)`,
  double: (value) => sql`CAST(${value} AS DOUBLE)`,
  total: (value) => value,
  measure: (value, type) =>
    type === 'date' || type === 'timestamp'
      ? sql`CAST(epoch_us(CAST(${value} AS TIMESTAMP)) AS DOUBLE)`
      : sql`CAST(${value} AS DOUBLE)`,
  text: (value) => sql`CAST(${value} AS VARCHAR)`,
  timestamp: (iso) => sql`CAST(${literal(iso)} AS TIMESTAMP)`,
  date: (iso) => sql`CAST(${literal(iso)} AS DATE)`,
  matches: (value, pattern) => sql`regexp_matches(${value}, ${literal(fromPython(pattern, 're2') ?? pattern)})`,
  reads: readsRe2,
  length: (value) => sql`length(${value})`,
  isNan: (value) => sql`isnan(${value})`,
  isJson: (value) =>
    sql`(json_valid(${value}) AND (NOT regexp_matches(${value}, '(?i)nan|inf') OR ${strictJson(value)}))`,
};

/**
 * DuckDB reads any spelling of NaN and infinity; Python reads `NaN`, `Infinity` and `-Infinity` alone. What is left of
 * other spellings when texts and those three are gone tells.
 */
const strictJson = (value: Sql): Sql => {
  const bare = sql`regexp_replace(${value}, '"(?:[^"\\\\]|\\\\.)*"', '""', 'g')`;
  return sql`(NOT regexp_matches(${bare}, '-NaN') AND NOT regexp_matches(regexp_replace(${bare}, 'NaN|Infinity', '0', 'g'), '(?i)nan|inf'))`;
};
