import { type Sql, sql } from '../../sql/sql';

/** A table as the statements of a plan read it. Columns have their own names; values that are no number are NULL. */
export interface TableSql {
  /** What stands behind FROM. */
  readonly from: Sql;
  /** The same with the place of each row in the file, counted from 0, as column `#row`. */
  readonly numbered: Sql;
  /** Column that names a row for people. */
  readonly key?: string;
}

/** Name of the column with a row's place, and of the one with the number of rows that a distinct value stands for. */
export const ROW = sql`"assay#row"`;
export const ROWS = sql`"assay#rows"`;

/** Rows of one column as (value, number of rows): the value under the column's own name. NULL is a value here. */
export interface ValueCountsSql {
  readonly column: string;
  readonly from: Sql;
}

/** Conditions joined by AND. */
export const all = (...conditions: readonly (Sql | undefined)[]): Sql => {
  const given = conditions.filter((condition): condition is Sql => condition !== undefined);
  return given.reduce((left, right) => (left.text === '' ? sql`(${right})` : sql`${left} AND (${right})`), sql``);
};

/** ` WHERE …`, or nothing. */
export const whereOf = (...conditions: readonly (Sql | undefined)[]): Sql => {
  const joined = all(...conditions);
  return joined.text === '' ? sql`` : sql` WHERE ${joined}`;
};
