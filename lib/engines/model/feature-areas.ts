import type { FeatureArea } from '../../core/model';
import { identifier, joinSql, literal, type Sql, sql } from '../../core/sql/sql';
import type { DuckDbSession } from '../duckdb/session';
import type { Golden } from '../predictions/golden';

/** A hint needs no more rows; they are chosen by the hash of their key, so always the same. */
const MOST_ROWS = 100_000;

/** A text feature is ranked by the share of positives of its values, which flatters where values have few rows. */
const ROWS_A_VALUE = 20;

export interface FeatureRequest {
  readonly name: string;
  /** Text has no order of its own. */
  readonly isText: boolean;
}

/**
 * ROC area of each feature alone: numbers, dates and booleans in their order, text by the share of positives of each value
 * (left out where there are fewer than 20 rows a value). Missing values are one value, the lowest. Several classes: the best
 * separated one against the rest. Regression: rows above the median label against the others.
 *
 * @param rows of the golden table
 */
export async function featureAreas(
  session: DuckDbSession,
  golden: Golden,
  features: readonly FeatureRequest[],
  rows: number,
): Promise<readonly FeatureArea[]> {
  if (features.length === 0 || rows === 0) return [];
  await sample(session, golden, features, rows);
  const targets = await targetsOf(session, golden);
  const areas: FeatureArea[] = [];
  for (const [index, { name, isText }] of features.entries()) {
    const found: number[] = [];
    for (const target of targets) {
      const auc = await areaOf(session, identifier(`f${index}`), target, isText);
      if (auc !== undefined) found.push(auc);
    }
    if (found.length > 0) areas.push({ column: name, auc: Math.max(...found) });
  }
  return areas;
}

const SAMPLE = identifier('assay_feature_sample');

async function sample(
  session: DuckDbSession,
  golden: Golden,
  features: readonly FeatureRequest[],
  rows: number,
): Promise<void> {
  const values = features.map(({ name }, index) => sql`${identifier(name)} AS ${identifier(`f${index}`)}`);
  const each = Math.ceil(rows / MOST_ROWS);
  const chosen = each === 1 ? sql`` : sql` WHERE hash(${golden.keys.text}) % ${literal(each)} = 0`;
  const columns = joinSql([sql`${golden.label} AS y`, ...values], ', ');
  await session.rows(sql`CREATE OR REPLACE TEMP TABLE ${SAMPLE} AS SELECT ${columns} FROM ${golden.from}${chosen}`);
}

/** Conditions that make the label a matter of two classes. */
async function targetsOf(session: DuckDbSession, { classes }: Golden): Promise<readonly Sql[]> {
  if (classes !== undefined) return classes.map((_, code) => sql`y = ${literal(code)}`);
  const [found] = await session.rows<{ median: number | null; binary: boolean | null }>(
    sql`SELECT median(y) AS median, bool_and(y IN (0, 1)) AS "binary" FROM ${SAMPLE}`,
  );
  return [found?.binary === true ? sql`y = 1` : sql`y > ${literal(found?.median ?? 0)}`];
}

/** Exact: doubled wins are whole numbers. @returns undefined if a class is missing or the feature has too many values */
async function areaOf(session: DuckDbSession, value: Sql, target: Sql, isText: boolean): Promise<number | undefined> {
  const order = isText ? sql`p / (p + n), v` : sql`v NULLS FIRST`;
  const [found] = await session.rows<{ wins: string; p: number; n: number; distinct: number }>(sql`
    WITH counted AS (
      SELECT ${value} AS v, count(*) FILTER (${target}) AS p, count(*) FILTER (NOT ${target}) AS n FROM ${SAMPLE} GROUP BY v
    ), placed AS (
      SELECT p, n, coalesce(sum(n) OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS below FROM counted
    )
    SELECT CAST(sum(p * (2 * below + n)) AS VARCHAR) AS wins, CAST(sum(p) AS BIGINT) AS p, CAST(sum(n) AS BIGINT) AS n, count(*) AS "distinct" FROM placed`);
  if (found === undefined || !(found.p > 0 && found.n > 0)) return undefined;
  if (isText && found.distinct * ROWS_A_VALUE > found.p + found.n) return undefined;
  const area = Number(found.wins) / (2 * found.p * found.n);
  return Math.max(area, 1 - area);
}
