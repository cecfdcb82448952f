import type { Dialect } from './dialect';
import { literal, type Sql, sql } from './sql';
import { joniPattern } from './trino-regex';

/** Microseconds are the finest that the files' timestamps and DuckDB's have. */
const timestamp = (value: Sql): Sql => sql`CAST(${value} AS TIMESTAMP(6))`;

/** DuckDB writes a moment without zeros at the end of its fraction, and Trino with as many digits as the type has. */
const momentText = (value: Sql): Sql =>
  sql`regexp_replace(CAST(${value} AS VARCHAR), '(\.[0-9]*[1-9])0+$|\.0+$', '$1')`;

/** Python reads NaN, Infinity and -Infinity where JSON has a value; Trino does not. In texts they are texts. */
const strictJson = (value: Sql): Sql =>
  sql`regexp_replace(${value}, '("(?:[^"\\\\]|\\\\.)*")|-Infinity|Infinity|NaN', x -> coalesce(x[1], 'null'))`;

/** SQL of Trino, which Athena's engine version 3 reads. */
export const TRINO: Dialect = {
  name: 'trino',
  wide: (value) => sql`CAST(${value} AS DECIMAL(38, 0))`,
  whole: (value) => sql`CAST(${value} AS BIGINT)`,
  double: (value) => sql`CAST(${value} AS DOUBLE)`,
  // The sum of BIGINT is BIGINT here, and overflows.
  total: (value) => sql`CAST(${value} AS DECIMAL(38, 0))`,
  measure: (value, type) =>
    type === 'date' || type === 'timestamp'
      ? sql`round(to_unixtime(${timestamp(value)}) * 1E6)`
      : sql`CAST(${value} AS DOUBLE)`,
  text: (value, type) => {
    if (type === 'timestamp') return momentText(value);
    // A cast of 1.5 is '1.5E0' here.
    return type === 'number' ? sql`format('%s', ${value})` : sql`CAST(${value} AS VARCHAR)`;
  },
  timestamp: (iso) => timestamp(literal(iso.replace('T', ' '))),
  date: (iso) => sql`CAST(${literal(iso)} AS DATE)`,
  matches: (value, pattern) => {
    const written = joniPattern(pattern);
    if (written === undefined) throw new RangeError(`${pattern} is beyond the engine's regular expressions`);
    return sql`regexp_like(${value}, ${literal(written)})`;
  },
  reads: (pattern) => joniPattern(pattern) !== undefined,
  length: (value) => sql`length(${value})`,
  isNan: (value) => sql`is_nan(${value})`,
  isJson: (value) => sql`CASE WHEN ${value} IS NOT NULL THEN try(json_parse(${strictJson(value)})) IS NOT NULL END`,
};
