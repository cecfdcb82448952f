import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
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

describe('a session', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'assay-session-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const LONG = sql`SELECT sum(a.i * b.i) AS n FROM range(1000000) a(i), range(1000000) b(i)`;
  const FILL = sql`CREATE TABLE t AS SELECT i, md5(CAST(i AS VARCHAR)) AS m FROM range(900000) r(i)`;

  test('spills into a folder of its own, which goes with it', async () => {
    const spilling = await DuckDbSession.open({ threads: 1, memoryLimit: 24 * 2 ** 20, spillFolder: parent });
    await spilling.rows(FILL);
    const [own = ''] = readdirSync(parent);
    expect(readdirSync(join(parent, own)).length).toBeGreaterThan(0);
    spilling.close();
    expect(readdirSync(parent)).toEqual([]);
  });

  test('removes what a process left that was killed, and nothing of one that lives', async () => {
    const [dead, alive] = [join(parent, 'assay-spill-4194304-x'), join(parent, `assay-spill-${process.pid}-x`)];
    for (const left of [dead, alive]) mkdirSync(left);
    (await DuckDbSession.open({ spillFolder: parent })).close();
    expect([dead, alive].map((path) => existsSync(path))).toEqual([false, true]);
  });

  test('removes its folder when a signal ends the process', async () => {
    const script = join(__dirname, 'fixtures', 'hang.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, parent], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(readdirSync(parent)).toHaveLength(1);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT']);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('tells how far a scan is', async () => {
    const file = join(parent, 't.parquet');
    await session.rows(
      sql`COPY (SELECT i, md5(CAST(i AS VARCHAR)) AS m FROM range(800000) r(i)) TO ${literal(file)} (FORMAT parquet)`,
    );
    const shares: number[] = [];
    const telling = await DuckDbSession.open({ threads: 1, onProgress: (share) => shares.push(share) });
    const from = sql`read_parquet(${literal(file)})`;
    await telling.rows(sql`SELECT count(regexp_replace(m, '(a|b)+', md5(md5(m)))) AS n FROM ${from}`);
    telling.close();
    expect(shares.length).toBeGreaterThan(0);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  test('ends a statement when it is told to', async () => {
    const controller = new AbortController();
    const stopping = await DuckDbSession.open({ threads: 1, signal: controller.signal });
    const running = stopping.rows(LONG);
    setTimeout(() => controller.abort(new Error('stopped by Ctrl-C')), 50);
    await expect(running).rejects.toThrow('stopped by Ctrl-C');
    await expect(stopping.rows(sql`SELECT 1`)).rejects.toThrow('stopped by Ctrl-C');
    stopping.close();
  });

  test('ends a statement that only begins when it is told to', async () => {
    // Minutes: whoever goes on fails by the time that a test may take, and ends by itself.
    const minutes = sql`SELECT sum(a.i * b.i) AS n FROM range(200000) a(i), range(200000) b(i)`;
    for (let turn = 0; turn < 20; turn += 1) {
      const controller = new AbortController();
      const stopping = await DuckDbSession.open({ threads: 1, signal: controller.signal });
      const running = stopping.rows(minutes);
      controller.abort(new Error('stopped by Ctrl-C'));
      await expect(running).rejects.toThrow('stopped by Ctrl-C');
      stopping.close();
    }
  });

  test('tells in one line what it lacks', async () => {
    const small = await DuckDbSession.open({ threads: 1, memoryLimit: 24 * 2 ** 20, spillFolder: parent });
    await small.rows(sql`SET max_temp_directory_size = '1MiB'`);
    await expect(small.rows(FILL)).rejects.toThrow(
      /^the disk of \S+assay-spill-\S+ is full: what does not fit into 24 MiB of memory goes there; .*$/,
    );
    small.close();
    const tiny = await DuckDbSession.open({ threads: 2, memoryLimit: 8 * 2 ** 20, spillFolder: parent });
    await expect(tiny.rows(sql`SELECT len(list(i)) FROM range(5000000) r(i)`)).rejects.toThrow(
      '8 MiB of memory are too little for this scan: give it more, or fewer threads',
    );
    tiny.close();
  });
});

test('a connection whose answer was read to its end serves the next statement', async () => {
  const connect = jest.spyOn(DuckDBInstance.prototype, 'connect');
  const readAll = async () => {
    const result = await session.stream(sql`SELECT i FROM range(5000) AS t(i)`);
    let rows = 0;
    for (;;) {
      const count = (await result.fetchChunk())?.rowCount ?? 0;
      if (count === 0) break;
      rows += count;
    }
    expect((await result.fetchChunk())?.rowCount ?? 0).toBe(0);
    return rows;
  };
  for (let i = 0; i < 3; i += 1) expect(await readAll()).toBe(5000);
  expect(connect).toHaveBeenCalledTimes(1);
  expect(await Promise.all([readAll(), readAll()])).toEqual([5000, 5000]);
  expect(connect).toHaveBeenCalledTimes(2);
  connect.mockRestore();
});
