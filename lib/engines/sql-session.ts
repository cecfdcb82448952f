import type { Sql } from '../core/sql/sql';
import type { SqlRow } from './duckdb/session';

/** Whatever answers a statement with rows. */
export interface SqlSession {
  rows<Row extends SqlRow = SqlRow>(statement: Sql): Promise<readonly Row[]>;
}
