import type { NeverPositive } from '../../core/model/input';
import { literal, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import type { Golden } from './golden';

/** As many as a reader needs to see what the label is. */
const SHOWN = 5;

/** The most frequent values of the label as the file has them. */
export const frequentLabels = (session: DuckDbSession, golden: Golden): Promise<NeverPositive['labels']> =>
  session.rows<{ value: string; rows: number }>(
    sql`SELECT ${golden.labelText} AS "value", count(*) AS "rows" FROM ${golden.from} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${literal(SHOWN)}`,
  );
