import { readCondition } from '../../../lib/core/feedback/condition';
import { joinSql, literal, sql, userSql } from '../../../lib/core/sql/sql';
import { createRandom } from '../../../lib/core/statistics';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

const TYPES = { months: 'integer', spend: 'number', plan: 'string', vip: 'boolean', since: 'date' } as const;

const pick = <T>(random: () => number, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

/** Rows with gaps, as JSON requests have them. */
const random = createRandom(5);
const ROWS = Array.from({ length: 300 }, () => ({
  months: pick(random, [0, 3, 6, 12, 24, -1, null]),
  spend: pick(random, [0, 9.5, 10, 99.99, 250, null]),
  plan: pick(random, ['monthly', 'annual', 'multi-year', "o'neil", 'a_b', '', null]) || null,
  vip: pick(random, [true, false, null]),
  since: pick(random, ['2024-02-29', '2025-01-01', null]),
}));

const CONDITIONS = [
  'months < 6',
  'months >= 6 AND spend <= 10',
  'NOT (months > 3 OR spend = 10)',
  "plan = 'annual' or plan <> 'monthly' and vip",
  "plan IN ('annual', 'multi-year')",
  "plan NOT IN ('annual', NULL)",
  'months IN (0, 12, NULL)',
  'spend BETWEEN 9.5 AND 99.99',
  'spend NOT BETWEEN months AND 100',
  "plan LIKE 'm%'",
  "plan NOT LIKE '%a_b%'",
  "plan LIKE '_nnual'",
  'plan IS NULL AND NOT vip',
  'months IS NOT NULL',
  'vip = true',
  'vip != false OR NULL',
  'spend / months > 1',
  'months % 5 = 2 OR -months > 0',
  'spend + months * 2 - 1 >= 20',
  '"Months" > 3 AND "plan" = \'o\'\'neil\'',
  "since < '2025-01-01'",
  "plan < 'b'",
];

let session: DuckDbSession;

beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 1 });
  const values = ROWS.map(({ months, spend, plan, vip, since }, i) => {
    const cells = [
      literal(i),
      sql`${literal(months)}::BIGINT`,
      sql`${literal(spend)}::DOUBLE`,
      sql`${literal(plan)}::VARCHAR`,
      literal(vip),
      sql`${literal(since)}::DATE`,
    ];
    return sql`(${joinSql(cells, ', ')})`;
  });
  await session.rows(
    sql`CREATE TABLE t AS SELECT * FROM (VALUES ${joinSql(values, ', ')}) AS t(i, months, spend, plan, vip, since)`,
  );
});

afterAll(() => session.close());

describe('conditions of slices', () => {
  it.each(CONDITIONS)('say of each row what DuckDB says: %s', async (condition) => {
    const answers = await session.rows(sql`SELECT ${userSql(condition)}::BOOLEAN AS said FROM t ORDER BY i`);
    const expected = answers.map(({ said }) => said);
    const { test } = readCondition(condition, TYPES);
    expect(ROWS.map(test)).toEqual(expected);
    // CSV requests have the same values as texts, and nothing for what is missing.
    const texts = ROWS.map((row) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
      ),
    );
    expect(texts.map(test)).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(1);
  });

  it.each([
    ['length(plan) > 3', 'length at character 1'],
    ["contract = 'annual'", 'contract at character 1'],
    ['months <', 'the end at character 9'],
    ['months < 6; DROP TABLE t', '";" at character 11'],
    ["plan LIKE 'a' ESCAPE 'b'", 'ESCAPE at character 15'],
  ])('refuse anything else: %s', (condition, place) => {
    expect(() => readCondition(condition, TYPES)).toThrow(place);
  });
});
