import type { TableSql } from '../../core/data/sql';
import type { TableInfo } from '../../core/data/table';
import type { Sql } from '../../core/sql/sql';

/** A table that Athena can scan. */
export interface AthenaTable {
  readonly info: TableInfo;
  /** `numbered` has the columns `#row`, NULL where rows have no order, and `#file`. */
  readonly table: TableSql;
  /** Whether `#row` says the order of the rows. Files in S3 are read in parts, and Athena numbers none. */
  readonly ordered: boolean;
  /** What a person's query may select from, as `{batch}`. @returns the statement to run. @throws Error for others */
  readonly userQuery: (text: string) => Promise<Sql>;
}
