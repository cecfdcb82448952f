import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession, SqlRow } from '../duckdb/session';

/** Rows that a column is judged by before its values are counted. */
const SAMPLE = 122_880;
/** A column with more distinct values per row than this gains nothing from counting them. */
const MOST_DISTINCT = 0.4;

/** How the first rows of a column repeat its values. */
export interface Sampled {
  /** Rows that were looked at; fewer than were wanted are all that there are. */
  readonly seen: number;
  readonly whole: boolean;
  /** Distinct values among them, and among the first half; estimated, to some per cent. */
  readonly distinct: number;
  readonly inHalf: number;
}

export async function sampled(
  session: DuckDbSession,
  from: Sql,
  columns: readonly string[],
): Promise<ReadonlyMap<string, Sampled>> {
  const list = joinSql(columns.map(identifier), ', ');
  const parts = columns.flatMap((column, i) => [
    sql`approx_count_distinct(${identifier(column)}) AS ${identifier(`d${i}`)}`,
    sql`approx_count_distinct(${identifier(column)}) FILTER (WHERE "assay#half") AS ${identifier(`h${i}`)}`,
  ]);
  const rows = sql`SELECT ${list}, row_number() OVER () <= ${literal(SAMPLE / 2)} AS "assay#half" FROM (SELECT ${list} FROM ${from} LIMIT ${literal(SAMPLE)})`;
  const [row = {} as SqlRow] = await session.rows(
    sql`SELECT count(*) AS seen, ${joinSql(parts, ', ')} FROM (${rows}) AS sampled`,
  );
  const seen = Number(row.seen);
  const of = (i: number): Sampled => ({
    seen,
    whole: seen < SAMPLE,
    distinct: Number(row[`d${i}`]),
    inHalf: Number(row[`h${i}`]),
  });
  return new Map(columns.map((column, i) => [column, of(i)]));
}

export const repeats = ({ whole, distinct, seen }: Sampled): boolean => whole || distinct <= MOST_DISTINCT * seen;

/**
 * Distinct values to be expected in more rows: their number grows with a power of the rows, as seen from the half to the whole
 * of the sample (Heaps' law: Heaps, Information Retrieval, 1978, section 7.5).
 */
export function expectedDistinct({ whole, seen, distinct, inHalf }: Sampled, rows: number): number {
  if (whole || distinct === 0) return distinct;
  const growth = Math.log2(Math.max(1, distinct / Math.max(1, inHalf)));
  return distinct * Math.max(1, rows / seen) ** growth;
}
