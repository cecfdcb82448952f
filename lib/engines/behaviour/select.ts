import type { Gates } from '../../config/gates';
import { ConfigurationError } from '../../config/problem';
import { identifier, type Sql, sql, userSql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';

/** The golden holdout in a local file. */
export interface HoldoutFile {
  /** For people and for the format, e.g. `holdout.csv`. */
  readonly name: string;
  readonly file: string;
}

/** No column of a dataset is called this by accident. */
const ROW = identifier('assay row');

/** Conditions over the holdout, answered by DuckDB, which is opened when the first one comes. */
export class HoldoutConditions {
  private opened: { readonly session: DuckDbSession; readonly from: Sql } | undefined;

  constructor(
    private readonly holdout: HoldoutFile,
    private readonly dataset: Gates['dataset'],
  ) {}

  /**
   * Numbers of the rows (from 0, in the file's order) for which the condition holds.
   *
   * @param owner what the condition belongs to, for the error
   * @throws ConfigurationError when the condition is no SQL over the columns
   */
  async rowsWhere(where: string, owner: string): Promise<readonly number[]> {
    const { session, from } = await this.open();
    const { checkExpression, errorLine } = await import('../duckdb/statement');
    const numbered = sql`SELECT *, row_number() OVER () - 1 AS ${ROW} FROM ${from}`;
    try {
      await checkExpression(session, where);
      const found = await session.rows<{ row: number }>(
        sql`SELECT ${ROW} AS "row" FROM (${numbered}) WHERE ${userSql(where)} ORDER BY ${ROW}`,
      );
      return found.map(({ row }) => row);
    } catch (error) {
      const message = `${owner}: where ${where}: ${errorLine(error)}`;
      throw new ConfigurationError([{ where: 'gates.yaml', message }]);
    }
  }

  /** Values of the label as text, in their own order. */
  async classes(): Promise<readonly string[]> {
    const { session, from } = await this.open();
    const label = identifier(this.dataset.label);
    const found = await session.rows<{ name: string }>(
      sql`SELECT CAST(${label} AS VARCHAR) AS name FROM ${from} WHERE ${label} IS NOT NULL GROUP BY ${label} ORDER BY ${label}`,
    );
    return found.map(({ name }) => name);
  }

  close(): void {
    this.opened?.session.close();
    this.opened = undefined;
  }

  private async open(): Promise<NonNullable<typeof this.opened>> {
    if (this.opened !== undefined) return this.opened;
    // Loaded here: a gate without conditions needs no database.
    const [{ DuckDbSession }, { openRelation }] = await Promise.all([
      import('../duckdb/session'),
      import('../duckdb/relation'),
    ]);
    const session = await DuckDbSession.open();
    const types = Object.entries(this.dataset.columns).map(([name, type]) => ({ name, type }));
    try {
      const { from } = await openRelation(session, [this.holdout.file], { name: this.holdout.name, types });
      this.opened = { session, from };
      return this.opened;
    } catch (error) {
      session.close();
      throw error;
    }
  }
}
