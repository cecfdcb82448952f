import { ROW } from '../../../lib/core/data/sql';
import { identifier, type Sql, sql } from '../../../lib/core/sql/sql';
import { repeatedRows } from '../../../lib/engines/data/unique';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
});
afterAll(() => session.close());

async function both(rows: Sql, columns: readonly string[]): Promise<readonly number[]> {
  await session.rows(sql`CREATE OR REPLACE TABLE t AS ${rows}`);
  const table = { from: sql`t`, numbered: sql`(SELECT *, rowid AS ${ROW} FROM t)` };
  const [first = ''] = columns;
  const among = sql`(${identifier(first)} IS NOT NULL)`;
  const found = await repeatedRows(session, table, { kind: 'repeat', columns, among }, undefined);
  const list = columns.length === 1 ? identifier(first) : sql`a, b`;
  const [naive] = await session.rows<{ n: number }>(
    sql`SELECT coalesce(sum(n), 0) AS n FROM (SELECT count(*) AS n FROM t WHERE ${among} GROUP BY ${list} HAVING count(*) > 1)`,
  );
  return [found, naive?.n ?? -1];
}

test('hashes that meet by chance are told from values that repeat', async () => {
  // Among 200,000 values some 4 or 5 pairs of 32-bit hashes meet: suspects there are, repeats there are none.
  expect(await both(sql`SELECT i * 7919 AS a FROM range(200000) AS r(i)`, ['a'])).toEqual([0, 0]);
  const [suspects] = await session.rows<{ n: number }>(
    sql`SELECT count(*) - count(DISTINCT CAST(hash(a) & 4294967295 AS UINTEGER)) AS n FROM t`,
  );
  expect(suspects?.n).toBeGreaterThan(0);
});

test.each([
  ['two equal rows far apart', sql`SELECT CASE WHEN i = 199999 THEN 3 ELSE i END AS a FROM range(200000) AS r(i)`, 2],
  [
    'texts, missing ones left out',
    sql`SELECT CASE WHEN i % 3 > 0 THEN 'k' || (i % 50000) END AS a FROM range(60000) AS r(i)`,
    undefined,
  ],
  [
    '−0 is 0',
    sql`SELECT CASE i WHEN 0 THEN 0.0::DOUBLE WHEN 1 THEN -0.0::DOUBLE ELSE i END AS a FROM range(10) AS r(i)`,
    2,
  ],
])('%s', async (_what, rows, expected) => {
  const [found, naive] = await both(rows, ['a']);
  expect(found).toBe(naive);
  if (expected !== undefined) expect(found).toBe(expected);
});

test('several columns, where two missing values are equal', async () => {
  const rows = sql`SELECT i % 400 AS a, CASE WHEN i % 5 > 0 THEN i % 301 END AS b FROM range(5000) AS r(i)`;
  const [found, naive] = await both(rows, ['a', 'b']);
  expect([found, Number(found) > 0]).toEqual([naive, true]);
});
