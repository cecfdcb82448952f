import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileTable } from '../../../lib/core/data/compile';
import { judgeTable } from '../../../lib/core/data/judge';
import { DUCKDB } from '../../../lib/core/sql/dialect';
import { literal, type Sql, sql } from '../../../lib/core/sql/sql';
import { DuckDbAnswerer } from '../../../lib/engines/data/answerer';
import { prepareBase } from '../../../lib/engines/data/base';
import { provesDistinct } from '../../../lib/engines/data/distinct';
import { TOOLS } from '../../../lib/engines/data/tools';
import { openRelation } from '../../../lib/engines/duckdb/relation';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

const folder = mkdtempSync(join(tmpdir(), 'assay-distinct-'));
const open: DuckDbSession[] = [];
beforeAll(async () => {
  for (const threads of [1, 2]) open.push(await DuckDbSession.open({ threads }));
});
afterAll(() => {
  for (const session of open) session.close();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;

/** Source and count for `id`, by each number of threads and strategy, over a Parquet file of these rows. */
async function judged(id: Sql, rows: number, options = sql``): Promise<readonly (readonly [unknown, unknown])[]> {
  files += 1;
  const path = join(folder, `${files}.parquet`);
  const found = [];
  for (const session of open) {
    await session.rows(
      sql`COPY (SELECT ${id} AS id, i % 7 AS other FROM range(${literal(rows)}) AS r(i)) TO ${literal(path)} (FORMAT parquet${options})`,
    );
    const relation = await openRelation(session, [path], { name: 't.parquet' });
    const base = await prepareBase(session, relation, {});
    const suite = [
      { type: 'expect_column_values_to_be_unique', kwargs: { column: 'id' } },
      { type: 'expect_compound_columns_to_be_unique', kwargs: { column_list: ['id', 'other'] } },
    ];
    for (const strategy of ['plan', 'scan'] as const) {
      const engine = new DuckDbAnswerer(session, base, { strategy });
      const checks = await judgeTable(
        '',
        { table: base.info, engine, dialect: DUCKDB, tools: TOOLS },
        compileTable(suite),
      );
      const counts = checks.map(
        ({ evidence }) => (evidence?.result as Record<string, unknown> | undefined)?.unexpected_count,
      );
      found.push([checks.map(({ evidence }) => evidence?.source).join('; '), JSON.stringify(counts)] as const);
    }
  }
  return found;
}

const ROWS = 50_000;
const scattered = sql`CAST(hash(i) % 1000003 + i * 1000003 AS BIGINT)`;

test.each([
  ['scattered', scattered],
  ['in order', sql`i`],
  ['descending, negative', sql`-3 * i`],
  ['at both ends of 64 bits', sql`CASE WHEN i % 2 = 0 THEN -9223372036854775808 + i ELSE 9223372036854775807 - i END`],
  ['of 32 bits without a sign', sql`CAST(4294967295 - i AS UINTEGER)`],
  ['of 64 bits without a sign', sql`CAST(18446744073709551615 - CAST(i AS UBIGINT) AS UBIGINT)`],
  ['of 128 bits', sql`CAST(i AS HUGEINT) * 100000000000000000000000`],
  ['text', sql`'customer ' || i`],
  ['doubles', sql`i / 7.0`],
  ['days', sql`DATE '1600-01-01' + CAST(i AS INTEGER)`],
])(
  'keys %s are proved to differ, as counting finds',
  async (_what, id) => {
    const found = await judged(id, ROWS);
    for (const [source, counts] of [found[0], found[2]].map((each) => each ?? ['', ''])) {
      expect([source, counts]).toEqual([expect.stringMatching(/key check.*; .*key check/), '[0,0]']);
    }
    expect(found[1]?.[1]).toBe('[0,0]');
    expect(new Set([found[0]?.join(), found[2]?.join()]).size).toBe(1);
  },
  20_000,
);

const last = ROWS - 1;
test.each([
  ['the first row again as the last', sql`CASE WHEN i = ${literal(last)} THEN 0 ELSE i * 65537 END`, '[2,0]'],
  ['the lowest number twice', sql`CASE WHEN i IN (5, 40000) THEN -9223372036854775808 ELSE i END`, undefined],
  ['text twice', sql`CASE WHEN i = 77 THEN 'k0' ELSE 'k' || i END`, '[2,2]'],
  ['every value twice', sql`i // 2`, undefined],
  ['two in a hundred values', sql`i % 100`, undefined],
  ['one value', sql`1`, undefined],
  ['every third missing', sql`CASE WHEN i % 3 > 0 THEN ${scattered} END`, undefined],
  ['only missing ones', sql`CAST(NULL AS BIGINT)`, undefined],
  ['missing but for two', sql`CASE WHEN i IN (3, 49000) THEN 8 END`, undefined],
])(
  '%s: counts are those of a scan, whatever the threads',
  async (_what, id, expected) => {
    for (const options of [sql``, sql`, ROW_GROUP_SIZE 10000`]) {
      const found = await judged(id, ROWS, options);
      expect(new Set(found.map(([, counts]) => counts)).size).toBe(1);
      if (expected !== undefined) expect(found[0]?.[1]).toBe(expected);
    }
  },
  30_000,
);

describe('a proof', () => {
  const fault = { kind: 'repeat', columns: ['id'], among: sql`("id" IS NOT NULL)` } as const;
  const table = (rows: Sql) => ({ from: sql`(${rows})`, numbered: sql`(${rows})` });
  const keys = sql`SELECT ${scattered} AS id FROM range(100000) AS r(i)`;
  const span = { rows: 100_000, stored: 'BIGINT' };

  test('ends at once where the first rows repeat a value', async () => {
    const [session] = open as [DuckDbSession];
    const rows = sql`SELECT CASE WHEN i > 5000 THEN error('read too far') ELSE i % 10 END AS id FROM range(1000000) AS r(i)`;
    expect(await provesDistinct(session, table(rows), fault, undefined, span)).toBe(false);
  });

  test('looks at the rows of a condition alone', async () => {
    const [session] = open as [DuckDbSession];
    const rows = sql`SELECT CASE WHEN i < 60000 THEN i ELSE 1 END AS id, i FROM range(100000) AS r(i)`;
    const where = { sql: sql`(i < 50000)`, columns: ['i'] };
    expect(await provesDistinct(session, table(rows), fault, where, span)).toBe(true);
    expect(await provesDistinct(session, table(rows), fault, undefined, span)).toBe(false);
  });

  test('is not begun where it takes more than half of the memory; DuckDB has all of it again afterwards', async () => {
    const small = await DuckDbSession.open({ memoryLimit: 64 * 2 ** 20, threads: 1 });
    try {
      expect(await provesDistinct(small, table(keys), fault, undefined, span)).toBe(true);
      expect(await provesDistinct(small, table(keys), fault, undefined, { ...span, rows: 5_000_000 })).toBe(false);
      const [{ limit } = { limit: '' }] = await small.rows<{ limit: string }>(
        sql`SELECT current_setting('memory_limit') AS "limit"`,
      );
      expect(limit).toBe('64.0 MiB');
    } finally {
      small.close();
    }
  });

  test('runs beside other statements, and says what went wrong in the scan', async () => {
    const [, session] = open as [DuckDbSession, DuckDbSession];
    const proof = provesDistinct(session, table(keys), fault, undefined, span);
    const others = await Promise.all([1, 2, 3].map((n) => session.rows(sql`SELECT ${literal(n)} AS n FROM range(10)`)));
    expect([await proof, others.length]).toEqual([true, 3]);
    const broken = sql`SELECT CASE WHEN i = 99999 THEN error('row 99999 is no row') ELSE i END AS id FROM range(100000) AS r(i)`;
    await expect(provesDistinct(session, table(broken), fault, undefined, span)).rejects.toThrow('row 99999 is no row');
  });

  test('ends when its signal says so', async () => {
    const [session] = open as [DuckDbSession];
    const ended = AbortSignal.abort();
    expect(await provesDistinct(session, table(keys), fault, undefined, span, ended)).toBe(false);
  });

  test('leaves nothing running when another statement fails: the session can be closed', async () => {
    const session = await DuckDbSession.open({ threads: 2 });
    const rows = table(sql`SELECT i AS id, error('no number') AS x FROM range(3000000) AS r(i)`);
    const info = {
      name: 't',
      columns: ['id', 'x'].map((name) => ({
        name,
        type: 'integer' as const,
        stored: name === 'id' ? 'BIGINT' : 'DOUBLE',
      })),
    };
    const engine = new DuckDbAnswerer(session, { info, table: async () => rows, linesOf: async () => new Map() });
    const suite = compileTable([
      { type: 'expect_column_values_to_be_unique', kwargs: { column: 'id' } },
      { type: 'expect_column_mean_to_be_between', kwargs: { column: 'x', min_value: 0 } },
    ]);
    await expect(judgeTable('', { table: info, engine, dialect: DUCKDB, tools: TOOLS }, suite)).rejects.toThrow(
      'no number',
    );
    session.close();
  });
});
