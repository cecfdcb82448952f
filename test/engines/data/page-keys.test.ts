import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { literal, type Sql, sql } from '../../../lib/core/sql/sql';
import { Crew } from '../../../lib/engines/crew';
import { judgeFiles } from '../../../lib/engines/data/gate';
import { provesByPages } from '../../../lib/engines/data/page-keys';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

const folder = mkdtempSync(join(tmpdir(), 'assay-page-keys-'));
let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
const ROWS = 50_000;
const scattered = sql`CAST(hash(i) % 1000003 + i * 1000003 AS BIGINT)`;
const never = new AbortController().signal;

/** A Parquet file with a column `id`, and another one. */
async function written(id: Sql, options = sql``, rows = ROWS): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.parquet`);
  await session.rows(
    sql`COPY (SELECT i % 7 AS other, ${id} AS id FROM range(${literal(rows)}) AS r(i)) TO ${literal(path)} (FORMAT parquet${options})`,
  );
  return path;
}

const proof = (path: string, rows = ROWS, signal = never) =>
  provesByPages(session, { path, name: 'id' }, { rows }, signal);

describe('keys in pages', () => {
  test.each([
    ['BIGINT', scattered, ROWS],
    [
      'BIGINT at both ends',
      sql`CASE WHEN i % 2 = 0 THEN -9223372036854775808 + i ELSE 9223372036854775807 - i END`,
      ROWS,
    ],
    ['INTEGER', sql`CAST(25000 - i AS INTEGER)`, ROWS],
    ['SMALLINT', sql`CAST(25000 - i AS SMALLINT)`, ROWS],
    ['TINYINT', sql`CAST(i - 128 AS TINYINT)`, 256],
  ])('%s: differ, or one repeats in another row group', async (_what, id, rows) => {
    const last = literal(rows - 1);
    const repeated = sql`CASE WHEN i = ${last} THEN (SELECT ${id} FROM range(1) AS s(i)) ELSE ${id} END`;
    for (const options of [
      sql``,
      sql`, COMPRESSION uncompressed, ROW_GROUP_SIZE 10000`,
      sql`, DICTIONARY_SIZE_LIMIT 100000`,
    ]) {
      expect(await proof(await written(id, options, rows), rows)).toBe(true);
      expect(await proof(await written(repeated, options, rows), rows)).toBe(false);
    }
  });

  test('of two million rows are spread by two threads, and of fewer by one', async () => {
    const rows = 2_000_000;
    const share = jest.spyOn(Crew.prototype, 'share');
    const hands = () => share.mock.calls.map(([tasks]) => tasks.length);
    const path = await written(scattered, sql``, rows);
    expect(await proof(path, rows)).toBe(true);
    expect(hands()).toEqual([1, 2, 2]);
    for (const [first, second] of [
      [0, 1_999_999],
      [1_000_000, 1_999_990],
      [5_000, 5_001],
    ] as const) {
      const twice = sql`CASE WHEN i = ${literal(second)} THEN (SELECT ${scattered} FROM range(${literal(first)}, ${literal(first + 1)}) AS s(i)) ELSE ${scattered} END`;
      expect(await proof(await written(twice, sql``, rows), rows)).toBe(false);
    }
    share.mockClear();
    expect(await proof(await written(scattered))).toBe(true);
    expect(hands()).toEqual([1, 1, 1]);
  }, 30_000);

  test('that repeat among the first are told at once', async () => {
    const share = jest.spyOn(Crew.prototype, 'share');
    expect(await proof(await written(sql`CASE WHEN i = 9 THEN 8 ELSE i END`))).toBe(false);
    expect(share).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['with a missing one', sql`CASE WHEN i <> 77 THEN ${scattered} END`, sql``],
    ['packed with zstd', scattered, sql`, COMPRESSION zstd`],
    ['as differences to those before', scattered, sql`, PARQUET_VERSION v2`],
    ['packed with gzip', scattered, sql`, COMPRESSION gzip`],
    ['in doubles', sql`CAST(i AS DOUBLE)`, sql``],
    ['in floats', sql`CAST(i AS FLOAT)`, sql``],
    ['in texts', sql`'k' || i`, sql``],
    ['in a struct', sql`{'id': i}`, sql``],
    ['in a list', sql`[i]`, sql``],
    ['of 128 bits', sql`CAST(i AS HUGEINT)`, sql``],
  ])('%s are left to DuckDB', async (_what, id, options) => {
    expect(await proof(await written(id, options))).toBeUndefined();
  });

  test('of another number of rows, or a file that was cut off or is gone meanwhile, are left to DuckDB', async () => {
    expect(await proof(await written(scattered), ROWS + 1)).toBeUndefined();
    const lend = session.lend.bind(session);
    for (const change of [(path: string) => truncateSync(path, 1_000), (path: string) => rmSync(path)]) {
      const path = await written(scattered);
      jest.spyOn(session, 'lend').mockImplementationOnce((bytes, work) => {
        change(path);
        return lend(bytes, work);
      });
      expect(await proof(path)).toBeUndefined();
    }
  });

  test('are not read where they, or a row group, take more than half of the memory', async () => {
    const rows = 1_500_000;
    const inOne = await written(scattered, sql`, ROW_GROUP_SIZE ${literal(rows)}`, rows);
    const inMany = await written(scattered, sql``, rows);
    const small = await DuckDbSession.open({ memoryLimit: 64 * 2 ** 20, threads: 1 });
    try {
      const proofs = (span: { rows: number; low?: bigint; high?: bigint }) =>
        [inOne, inMany].map((path) => provesByPages(small, { path, name: 'id' }, span, never));
      const narrow = { rows, low: 0n, high: 1n << 41n };
      const [first, second] = proofs(narrow);
      expect([await first, await second]).toEqual([undefined, true]);
    } finally {
      small.close();
    }
  });

  test('are given up when a signal says so', async () => {
    const path = await written(scattered);
    expect(await proof(path, ROWS, AbortSignal.abort())).toBe(false);
    const ended = new AbortController();
    const share = Crew.prototype.share;
    jest.spyOn(Crew.prototype, 'share').mockImplementation(function (this: Crew, tasks, signal) {
      ended.abort();
      return share.call(this, tasks, signal);
    });
    expect(await proof(path, ROWS, ended.signal)).toBe(false);
  });

  test('tell why the session was ended', async () => {
    const path = await written(scattered);
    const ended = new AbortController();
    const other = await DuckDbSession.open({ threads: 1, signal: ended.signal });
    const share = Crew.prototype.share;
    jest.spyOn(Crew.prototype, 'share').mockImplementation(function (this: Crew, tasks, signal) {
      ended.abort(new Error('the run was cancelled'));
      return share.call(this, tasks, signal);
    });
    try {
      const proved = provesByPages(other, { path, name: 'id' }, { rows: ROWS }, never);
      await expect(proved).rejects.toThrow('the run was cancelled');
    } finally {
      other.close();
    }
  });
});

describe('a gate', () => {
  const unique = { type: 'expect_column_values_to_be_unique', kwargs: { column: 'id' } };
  const gate = async (paths: readonly string[], more: object = {}) => {
    const share = jest.spyOn(Crew.prototype, 'share');
    share.mockClear();
    const input = { prefix: 'data', name: 't.parquet', files: paths, expectations: [unique], ...more };
    const evidence = (await judgeFiles(input, { threads: 2 })).at(-1)?.evidence;
    const result = evidence?.result as Record<string, unknown> | undefined;
    return [result?.unexpected_count, evidence?.source, share.mock.calls.length > 0];
  };

  test('proves a key from the pages of its file, and counts what repeats as ever', async () => {
    expect(await gate([await written(scattered)])).toEqual([0, expect.stringContaining('key check'), true]);
    const twice = sql`CASE WHEN i = 40000 THEN 5 ELSE i END`;
    expect(await gate([await written(twice)])).toEqual([2, expect.stringContaining('value counts'), true]);
  });

  test.each([
    ['unsigned numbers', sql`CAST(i AS UINTEGER)`],
    ['days', sql`DATE '1600-01-01' + CAST(i AS INTEGER)`],
    ['decimals', sql`CAST(i AS DECIMAL(9, 0))`],
    ['missing values', sql`CASE WHEN i % 3 > 0 THEN ${scattered} END`],
  ])('asks DuckDB for a key of %s', async (_what, id) => {
    expect(await gate([await written(id)])).toEqual([0, expect.stringContaining('key check'), false]);
  });

  test('proves a key of lines that were turned into a Parquet file', async () => {
    const path = join(folder, 'lines.jsonl');
    await session.rows(
      sql`COPY (SELECT i AS id FROM range(${literal(ROWS)}) AS r(i)) TO ${literal(path)} (FORMAT json)`,
    );
    const found = gate([path], { name: 't.jsonl', inMemoryBytes: 0 });
    expect(await found).toEqual([0, expect.stringContaining('key check'), true]);
  });

  test('asks DuckDB for several files, several columns, some of the rows, and cells of another type', async () => {
    const path = await written(scattered);
    const second = await written(sql`-1 - i`);
    expect(await gate([path, second])).toEqual([0, expect.stringContaining('key check'), false]);
    const asked = [
      { expectations: [{ type: 'expect_compound_columns_to_be_unique', kwargs: { column_list: ['id', 'other'] } }] },
      {
        expectations: [{ ...unique, kwargs: { column: 'id', row_condition: 'other > 2', condition_parser: 'pandas' } }],
      },
      {
        contract: {
          columns: [
            { name: 'other', type: 'integer' },
            { name: 'id', type: 'number' },
          ],
          key: 'id',
          label: 'other',
        },
      },
    ];
    for (const more of asked) {
      expect(await gate([path], more)).toEqual([0, expect.stringContaining('key check'), false]);
    }
  });
});
