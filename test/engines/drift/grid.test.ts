import { literal, type Sql, sql } from '../../../lib/core/sql/sql';
import { CELLS, type Grid, gridOver, innerGrid } from '../../../lib/engines/drift/grid';
import { distinctAtLeast } from '../../../lib/engines/drift/values';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
  await session.rows(sql`CREATE TABLE t AS
    SELECT (hash(i) / 18446744073709551615) AS u, tan(pi() * (u - 0.5)) * 10 AS x FROM range(20000) AS r(i)
    UNION ALL SELECT 0, ends + (i - 200) * 0.0005 FROM range(400) AS r(i), unnest([-70, 75]) AS e(ends)
    UNION ALL SELECT 0, unnest([CAST('-inf' AS DOUBLE), -1e300, -0.0, 0.0, 5e-324, 1e300, CAST('inf' AS DOUBLE)])`);
});
afterAll(() => session.close());

const place = { centre: 0, spread: 20, least: Number.NEGATIVE_INFINITY, greatest: Number.POSITIVE_INFINITY };
const open = gridOver({ ...place, low: -5000, high: 5000 });
const GRIDS: Readonly<Record<string, { readonly grid: Omit<Grid, 'id'>; readonly where: Sql }>> = {
  'of equal cells over all there is': {
    grid: gridOver({ ...place, low: -70, high: 75, least: -80, greatest: 80 }),
    where: sql`x BETWEEN -80 AND 80`,
  },
  'of equal cells over nearly all': { grid: gridOver({ ...place, low: -70, high: 75 }), where: sql`TRUE` },
  'over all numbers': { grid: open, where: sql`TRUE` },
  'in a cell': { grid: innerGrid(-0.5, 0.5, { grid: { ...open, id: 0 }, cell: 1 }), where: sql`TRUE` },
};

describe.each(Object.entries(GRIDS))('a grid %s', (_, { grid, where }) => {
  test('numbers cells in the order of the values', async () => {
    const rows = await session.rows<{ x: number; cell: number }>(
      sql`SELECT x, ${grid.cell(sql`x`)} AS cell FROM t WHERE ${where} ORDER BY x`,
    );
    expect(rows.length).toBeGreaterThan(10_000);
    expect(new Set(rows.map(({ cell }) => cell)).size).toBeGreaterThan(100);
    const backwards = rows.filter(({ cell }, i) => cell < (rows[i - 1]?.cell ?? 0) || cell > CELLS - 1);
    expect(backwards).toEqual([]);
    const within = (x: number, low: number, high: number) => {
      const slack = 1e-9 * (1 + Math.abs(x));
      return x === low || x === high || (x >= low - slack && x <= high + slack);
    };
    const ends = (cell: number): [number, number] => [
      Math.max(grid.least, grid.border(cell)),
      Math.min(grid.greatest, grid.border(cell + 1)),
    ];
    const inner = grid.inside !== undefined;
    const strays = rows.filter(({ x, cell }) => (!inner || Math.abs(x) < 0.5) && !within(x, ...ends(cell)));
    expect(strays).toEqual([]);
  });

  test('is counted in an array', async () => {
    await session.rows(sql`SET GLOBAL perfect_ht_threshold = 17`);
    await session.rows(sql`SET perfect_ht_threshold = 17`);
    const plan = await session.rows(
      sql`EXPLAIN SELECT cell, count(*) FROM (SELECT ${grid.cell(sql`x`)} AS cell FROM t WHERE ${where}) GROUP BY cell`,
    );
    expect(JSON.stringify(plan)).toContain('PERFECT_HASH_GROUP_BY');
  });
});

test('distinct values are estimated from those that occur once and twice', async () => {
  const sampleOf = async (values: number) => {
    const rows = await session.rows<{ v: number }>(
      sql`SELECT CAST(hash(i) % ${literal(values)} AS DOUBLE) AS v FROM range(16384) AS r(i) ORDER BY v`,
    );
    return distinctAtLeast(Float64Array.from(rows, ({ v }) => v));
  };
  expect(await sampleOf(50)).toBe(50);
  for (const values of [10_000, 200_000]) expect((await sampleOf(values)) / values).toBeCloseTo(1, 0.7);
  expect(await sampleOf(2 ** 52)).toBeGreaterThan(1e8);
  // By hand: 3 distinct, 2 of them once, 1 twice: 3 + 2·1/(2·2).
  expect(distinctAtLeast(Float64Array.of(1, 2, 2, 3))).toBe(3.5);
});
