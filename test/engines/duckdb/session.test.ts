import { identifier, literal, sql } from '../../../lib/core/sql/sql';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 1 });
});
afterAll(() => session.close());

test('answers are plain data', async () => {
  const [row] = await session.rows(sql`
    SELECT 1 AS i, 9007199254740993 AS big, CAST(1.5 AS DECIMAL(4, 2)) AS d, DATE '2026-02-03' AS day,
      TIMESTAMP '2026-02-03 04:05:06' AS t, [1, NULL] AS l, {'x': 'y'} AS s, NULL AS n, count(*) AS c FROM range(3)`);
  expect(row).toEqual({
    i: 1,
    big: 9007199254740993n,
    d: 1.5,
    day: '2026-02-03',
    t: '2026-02-03T04:05:06',
    l: [1, null],
    s: { x: 'y' },
    n: null,
    c: 3,
  });
});

test.each(["'; DROP TABLE x; --", 'line\nbreak', 'größe', '"', '\\'])(
  'the text %j comes back as it went in',
  async (text) => {
    expect(await session.rows(sql`SELECT ${literal(text)} AS ${identifier(text)}`)).toEqual([{ [text]: text }]);
  },
);

test.each([0.1, -1e-310, 1.7976931348623157e308, 123456789.12345679, -0, 2 ** 52 + 1])(
  'the double %p comes back bit by bit',
  async (value) => {
    const [row] = await session.rows(sql`SELECT CAST(${literal(value)} AS DOUBLE) AS v`);
    expect(Object.is(row?.v, value)).toBe(true);
  },
);
