import { ROWS, type ValueCountsSql, valueCountsSql } from '../../core/data/sql';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession, SqlRow } from '../duckdb/session';
import type { Base } from './base';

/** Rows that a column is judged by before its values are counted. */
const SAMPLE = 122_880;
/** A column with more distinct values per row than this gains nothing from counting them. */
const MOST_DISTINCT = 0.4;

let made = 0;

/** Value counts of the columns that repeat their values; kept for the length of a judgement. */
export class ValueCountTables {
  private readonly tables: Map<string, ValueCountsSql | undefined>;

  constructor(
    private readonly session: DuckDbSession,
    private readonly base: Pick<Base, 'table' | 'raw' | 'cells' | 'census'>,
    /** `never` for tests: the answers must not depend on the source. */
    private readonly use: 'where they pay' | 'never' = 'where they pay',
  ) {
    this.tables = new Map(use === 'never' ? [] : base.census?.counts);
  }

  of(column: string): ValueCountsSql | undefined {
    return this.tables.get(column);
  }

  /**
   * Decides by a look at the first rows which of the columns repeat their values, and counts those.
   *
   * @param certain columns of which that is known already
   */
  async prepare(columns: readonly string[], certain: readonly string[] = []): Promise<void> {
    const fresh = columns.filter((column) => !this.tables.has(column));
    if (fresh.length === 0) return;
    const doubtful = fresh.filter((column) => !certain.includes(column));
    const wanted = [...certain, ...(doubtful.length === 0 ? [] : await this.repeating(doubtful))];
    for (const column of fresh) {
      this.tables.set(column, wanted.includes(column) ? await this.count(column) : undefined);
    }
  }

  private async repeating(columns: readonly string[]): Promise<readonly string[]> {
    if (this.use === 'never') return [];
    const parts = columns.map(
      (column, i) => sql`approx_count_distinct(${identifier(column)}) AS ${identifier(`d${i}`)}`,
    );
    const list = joinSql(
      columns.map((column) => identifier(column)),
      ', ',
    );
    const limit = sql`LIMIT ${literal(SAMPLE)}`;
    const { from } = await this.base.table();
    const [row = {} as SqlRow] = await this.session.rows(
      sql`SELECT count(*) AS seen, ${joinSql(parts, ', ')} FROM (SELECT ${list} FROM ${from} ${limit}) AS sampled`,
    );
    const seen = Number(row.seen);
    return columns.filter((_column, i) => seen < SAMPLE || Number(row[`d${i}`]) <= MOST_DISTINCT * seen);
  }

  private async count(column: string): Promise<ValueCountsSql> {
    made += 1;
    const name = identifier(`value_counts_${made}`);
    await this.session.rows(sql`CREATE TABLE ${name} AS ${await this.countsSql(column)}`);
    return { column, from: name };
  }

  /** Cells as they are in a file are grouped first, because a file's dictionary then does most of the work. */
  private async countsSql(column: string): Promise<Sql> {
    const { table, raw, cells } = this.base;
    const cell = cells?.get(column);
    if (raw === undefined || cell === undefined) return valueCountsSql(await table(), column);
    const name = identifier(column);
    const inFile = sql`SELECT ${name}, count(*) AS ${ROWS} FROM ${raw} GROUP BY ${name}`;
    return sql`SELECT * FROM (SELECT ${cell} AS ${name}, CAST(sum(${ROWS}) AS BIGINT) AS ${ROWS} FROM (${inFile}) GROUP BY ALL)`;
  }
}
