import { type Sql, sql, userSql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import { checkExpression, errorLine } from '../duckdb/statement';
import { TableError } from '../table-error';

/** The condition of a slice, in SQL over the golden columns. */
export interface Condition {
  readonly name: string;
  readonly where: string;
}

/**
 * Refuses a condition that is none over these columns before a scan runs into it, and says of a later scan that stops at a
 * cell (`CAST('x' AS INTEGER)`) whose condition that was.
 *
 * @throws TableError naming the condition
 */
export async function openCondition(session: DuckDbSession, from: Sql, condition: Condition): Promise<void> {
  const holds = sql`SELECT count(*) FILTER (WHERE ${userSql(condition.where)}) AS n FROM`;
  try {
    await checkExpression(session, condition.where);
    await session.rows(sql`${holds} (SELECT * FROM ${from} LIMIT 0)`);
  } catch (error) {
    throw unusable(condition, error);
  }
  let isAsking = false;
  session.explainWith(async () => {
    if (isAsking) return undefined;
    isAsking = true;
    try {
      await session.rows(sql`${holds} ${from}`);
      return undefined;
    } catch (error) {
      return error instanceof TableError ? undefined : unusable(condition, error);
    } finally {
      isAsking = false;
    }
  });
}

function unusable({ name, where }: Condition, error: unknown): TableError {
  return new TableError(`the condition of "${name}", ${where}, cannot be evaluated: ${errorLine(error)}`, {
    cause: error,
  });
}
