import { type Sql, sql } from '../../core/sql/sql';

/** How a column of some SQL type is compared. */
export interface ColumnKind {
  readonly kind: 'numeric' | 'categorical' | 'other';
  /** For columns of numbers: what a number means, where it is not the value itself. */
  readonly unit?: string;
  /** For columns of numbers: the value as a double. Monotone, so that it can be applied to a minimum or a maximum too. */
  readonly toNumber?: (value: Sql) => Sql;
  /** True where a value may be NaN. */
  readonly floating?: boolean;
}

const NUMBER = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|DECIMAL.*)$/;
const CATEGORY = /^(VARCHAR|BOOLEAN|UUID|ENUM.*)$/;

/** @param type DuckDB's name of a type */
export function kindOfType(type: string): ColumnKind {
  const asDouble = (value: Sql) => sql`CAST(${value} AS DOUBLE)`;
  if (type === 'DOUBLE' || type === 'FLOAT') return { kind: 'numeric', toNumber: asDouble, floating: true };
  if (NUMBER.test(type)) return { kind: 'numeric', toNumber: asDouble };
  if (type === 'DATE') {
    return { kind: 'numeric', unit: 'days since 1970-01-01', toNumber: (value) => sql`(epoch(${value}) / 86400)` };
  }
  if (type.startsWith('TIMESTAMP')) {
    return { kind: 'numeric', unit: 'seconds since 1970-01-01 UTC', toNumber: (value) => sql`epoch(${value})` };
  }
  if (type.startsWith('TIME'))
    return { kind: 'numeric', unit: 'seconds of the day', toNumber: (value) => sql`epoch(${value})` };
  if (CATEGORY.test(type)) return { kind: 'categorical' };
  return { kind: 'other' };
}
