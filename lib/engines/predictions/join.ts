import { joinSql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import type { Answers } from './answers';
import type { Golden } from './golden';
import { streamColumns } from './stream';
import { answerTable, scoreName } from './tally';

/**
 * Scores in the order of the golden rows, by a join; every row must be answered. Of several answers to a row the smallest is
 * taken: which one is first depends on threads.
 */
export async function joinedScores(
  session: DuckDbSession,
  golden: Golden,
  answers: Answers,
): Promise<readonly Float64Array[]> {
  const names = answers.scores.map((_, index) => scoreName(index));
  const least = joinSql(
    names.map((name) => sql`min(${name}) AS ${name}`),
    ', ',
  );
  const keys = sql`(SELECT row_number() OVER () AS r, ${golden.keys.text} AS k FROM ${golden.from})`;
  const from = sql`(SELECT a.* FROM ${keys} g JOIN (SELECT k, ${least} FROM ${answerTable(answers)} GROUP BY k) a USING (k) ORDER BY g.r)`;
  const columns = names.map((value) => ({ value, kind: 'DOUBLE' as const }));
  return (await streamColumns(session, from, columns)).map(({ values }) => values as Float64Array);
}
