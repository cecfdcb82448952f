import { type AggregateAsk, scanSql, type TableSql } from '../../core/data/sql';
import type { Sql } from '../../core/sql/sql';
import { TRINO } from '../../core/sql/trino';
import { LONGEST_QUERY } from './session';

/** Columns of one SELECT: planning takes more than linear time in them. */
const MOST = 200;

export interface ScanPart {
  readonly statement: Sql;
  /** With their place among all asks; the answer of member i is `a{i}`. */
  readonly members: readonly (readonly [number, AggregateAsk])[];
}

/** The fewest scans whose statements are no longer than Athena takes. */
export function scanParts(table: TableSql, members: ScanPart['members']): readonly ScanPart[] {
  if (members.length === 0) return [];
  if (members.length <= MOST) {
    const statement = scanSql(
      table,
      members.map(([, ask]) => ask),
      TRINO,
    );
    if (members.length === 1 || Buffer.byteLength(statement.text) <= LONGEST_QUERY) return [{ statement, members }];
  }
  const middle = members.length >> 1;
  return [...scanParts(table, members.slice(0, middle)), ...scanParts(table, members.slice(middle))];
}
