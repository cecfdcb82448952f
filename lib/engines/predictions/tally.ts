import type { AnswerTally, HoldoutTally, Tally } from '../../core/model/input';
import { joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import type { Answers } from './answers';
import type { Golden } from './golden';

/** As many as a reader needs to find the rest. */
const EXAMPLES = 10;

interface Counted extends Readonly<Record<string, number | readonly string[] | null>> {
  readonly n: number;
  readonly examples: readonly string[] | null;
}

/** @param found a query with a text column `v`: one row a problem */
async function tally(session: DuckDbSession, found: Sql): Promise<Tally> {
  const rows = await session.rows<Counted>(
    sql`WITH found AS (${found}) SELECT count(*) AS n, (SELECT list(v) FROM (SELECT v FROM found ORDER BY v LIMIT ${literal(EXAMPLES)})) AS examples FROM found`,
  );
  return { count: rows[0]?.n ?? 0, examples: rows[0]?.examples ?? [] };
}

async function count(session: DuckDbSession, query: Sql): Promise<number> {
  return (await session.rows<{ n: number }>(query))[0]?.n ?? 0;
}

/** What the golden rows are like, by SQL; for when a look at the arrays said that something is wrong. */
export async function tallyHoldout(session: DuckDbSession, golden: Golden): Promise<HoldoutTally> {
  const { from, keys, label, labelText } = golden;
  const key = keys.text;
  return {
    rows: await count(session, sql`SELECT count(*) AS n FROM ${from}`),
    keyless: await count(session, sql`SELECT count(*) AS n FROM ${from} WHERE ${key} IS NULL`),
    repeated: await tally(
      session,
      sql`SELECT k AS v FROM (SELECT ${key} AS k FROM ${from}) WHERE k IS NOT NULL GROUP BY k HAVING count(*) > 1`,
    ),
    unlabelled: await tally(
      session,
      sql`SELECT coalesce(k, 'no key') || coalesce(': ' || t, '') AS v FROM (SELECT ${key} AS k, ${label} AS l, ${labelText} AS t FROM ${from}) WHERE l IS NULL`,
    ),
  };
}

/** One model's answers beside the golden keys, which are unique. */
export async function tallyAnswers(
  session: DuckDbSession,
  golden: Golden,
  answers: Answers,
  tolerance: number,
): Promise<AnswerTally> {
  const keys = sql`(SELECT ${golden.keys.text} AS k FROM ${golden.from})`;
  const given = answerTable(answers);
  const isInvalid = joinSql(
    answers.scores.map((_, index) => sql`NOT coalesce(isfinite(${scoreName(index)}), FALSE)`),
    ' OR ',
  );
  const apart = joinSql(
    answers.scores.map((_, index) => differ(scoreName(index), tolerance)),
    ' OR ',
  );
  const known = sql`(SELECT a.* FROM ${given} a SEMI JOIN ${keys} g USING (k))`;
  return {
    answers: await count(session, sql`SELECT count(*) AS n FROM ${answers.from}`),
    missing: await tally(session, sql`SELECT k AS v FROM ${keys} g ANTI JOIN ${given} a USING (k)`),
    unknown: await tally(session, sql`SELECT coalesce(k, 'no key') AS v FROM ${given} a ANTI JOIN ${keys} g USING (k)`),
    repeated: await tally(session, sql`SELECT k AS v FROM ${known} GROUP BY k HAVING count(*) > 1`),
    differing: await tally(session, sql`SELECT k AS v FROM ${known} GROUP BY k HAVING count(*) > 1 AND (${apart})`),
    invalid: await tally(
      session,
      sql`SELECT k || ': ' || coalesce(t[:40], 'nothing') AS v FROM ${known} WHERE ${isInvalid}`,
    ),
  };
}

/** Answers of one row differ: by more than the tolerance, or because only some are numbers. */
const differ = (score: Sql, tolerance: number): Sql =>
  sql`(count(${score}) NOT IN (0, count(*)) OR coalesce(max(${score}) - min(${score}) > ${literal(tolerance)}, FALSE))`;

export const scoreName = (index: number): Sql => sql`s${literal(index)}`;

/** Columns k, t, s0, s1 … */
export function answerTable(answers: Answers): Sql {
  const scores = answers.scores.map(({ value }, index) => sql`${value} AS ${scoreName(index)}`);
  return sql`(SELECT ${answers.keys.text} AS k, ${answers.text} AS t, ${joinSql(scores, ', ')} FROM ${answers.from})`;
}
