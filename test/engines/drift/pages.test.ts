import { copyFileSync, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { baselineOf } from '../../../lib/core/drift/baseline';
import { identifier, joinSql, literal, type Sql, sql } from '../../../lib/core/sql/sql';
import { Crew } from '../../../lib/engines/crew';
import { CellScan } from '../../../lib/engines/drift/cell-scan';
import { withPages } from '../../../lib/engines/drift/page-scan';
import { type DriftScanOptions, scanDrift } from '../../../lib/engines/drift/scan';
import { type ColumnSide, openSample, profileSides, type SampleFiles } from '../../../lib/engines/drift/side';
import { glimpse } from '../../../lib/engines/drift/values';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { scratchFolder } from '../../support/folder';

jest.setTimeout(60_000);

/** More rows than are counted value by value, in several row groups of which the last one is short. */
const ROWS = 205_001;
const uniform = sql`(hash(i + shift) / 18446744073709551616.0)`;
const normal = sql`(sqrt(-2 * ln(1 - ${uniform})) * cos(6.283185307179586 * hash(-i - shift) / 18446744073709551616.0))`;

const PLAIN: Readonly<Record<string, Sql>> = {
  normal,
  uniform,
  'heavy tails': sql`tan(3.141592653589793 * (${uniform} - 0.5))`,
  infinities: sql`CASE i % 997 WHEN 0 THEN CAST('inf' AS DOUBLE) WHEN 1 THEN CAST('-inf' AS DOUBLE) ELSE ${normal} END`,
  float: sql`CAST(${normal} AS FLOAT)`,
  integers: sql`CAST(${normal} * 1e8 AS INTEGER)`,
  bigints: sql`CAST(${normal} * 1e14 AS BIGINT)`,
  'few doubles': sql`floor(${uniform} * 1200) / 8`,
  'few integers': sql`CAST(floor(${uniform} * 70) AS INTEGER)`,
  zeros: sql`CASE i % 3 WHEN 0 THEN -0.0 WHEN 1 THEN 0.0 ELSE ${normal} END`,
  sorted: sql`i * 0.25 + shift / 1e6`,
};

const { at } = scratchFolder();
let session: DuckDbSession;
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
  await write('reference', PLAIN);
  await write('current', PLAIN, 1_000_000);
});
afterAll(() => session.close());
afterEach(() => jest.restoreAllMocks());

async function write(
  name: string,
  columns: Readonly<Record<string, Sql>>,
  shift = 0,
  options = sql`ROW_GROUP_SIZE 20480`,
): Promise<void> {
  const list = Object.entries(columns).map(([column, value]) => sql`${value} AS ${identifier(column)}`);
  const rows = sql`SELECT ${joinSql(list, ', ')} FROM (SELECT i, ${literal(shift)} AS shift FROM range(${literal(ROWS)}) AS r(i))`;
  await session.rows(sql`COPY (${rows}) TO ${literal(at(`${name}.parquet`))} (FORMAT parquet, ${options})`);
}

const files = (...names: readonly string[]): SampleFiles => ({ paths: names.map((name) => at(`${name}.parquet`)) });

/** Compares twice. @returns what came of each run over pages */
async function compareTwice(scan: Omit<DriftScanOptions, 'bins'>): Promise<readonly (string | undefined)[]> {
  const runs = jest.spyOn(Crew.prototype, 'share');
  const expected = await scanDrift({ ...scan, bins: 10, pagesFrom: Number.POSITIVE_INFINITY });
  expect(runs).not.toHaveBeenCalled();
  expect(await scanDrift({ ...scan, bins: 10, pagesFrom: 0 })).toEqual(expected);
  return Promise.all(runs.mock.results.map(({ value }) => value as Promise<string | undefined>));
}

describe('columns that are counted over pages', () => {
  test.each([1, 2])('are those that DuckDB counts, with threads: %d', async (threads) => {
    const streamed = jest.spyOn(DuckDbSession.prototype, 'stream');
    const reference = files('reference');
    const ends = await compareTwice({ reference, current: files('current'), threads });
    // Two for each of few values, and at least four for each of the others; none was refused.
    expect(ends.length).toBeGreaterThanOrEqual(4 * Object.keys(PLAIN).length - 4);
    expect(new Set(ends)).toEqual(new Set([undefined]));
    const before = streamed.mock.calls.length;
    await scanDrift({
      reference,
      current: files('current'),
      columns: ['normal', 'few doubles'],
      bins: 10,
      pagesFrom: 0,
    });
    // Profiles and a look, of each sample.
    expect(streamed.mock.calls.length - before).toBe(4);
  });

  test('beside a baseline', async () => {
    const columns = ['normal', 'heavy tails', 'few integers'];
    const compared = await scanDrift({ reference: files('reference'), current: files('reference'), columns, bins: 10 });
    const counted = compared.filter((column) => column.kind !== 'uncompared');
    const reference = baselineOf('reference', counted, new Date(0));
    const ends = await compareTwice({ reference, current: files('current') });
    expect(ends.length).toBeGreaterThanOrEqual(5);
    expect(new Set(ends)).toEqual(new Set([undefined]));
  });

  test('while progress is told', async () => {
    const shares: number[] = [];
    await scanDrift({
      reference: files('reference'),
      current: files('current'),
      columns: ['normal', 'few doubles'],
      bins: 10,
      pagesFrom: 0,
      onProgress: (share) => shares.push(share),
    });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares.length >= 4, shares.at(-1)]).toEqual([true, 1]);
  });

  test('of several files, and of unpacked ones', async () => {
    const some = { normal, whole: sql`CAST(i % 50000 AS INTEGER)` };
    await write('unpacked', some, 5, sql`ROW_GROUP_SIZE 50000, COMPRESSION uncompressed`);
    await write('one', some, 3);
    const ends = await compareTwice({ reference: files('one', 'unpacked'), current: files('unpacked') });
    expect(ends.length).toBeGreaterThanOrEqual(8);
    // So many whole numbers need the larger table.
    expect(new Set(ends)).toEqual(new Set([undefined, 'countValues']));
  });

  test('with NaN that statistics do not tell of, and not with other extremes', async () => {
    await write('nan', { x: sql`CASE WHEN i % 5000 = 7 THEN CAST('nan' AS DOUBLE) ELSE ${normal} END` });
    const sample = await openSample(session, files('nan'), 'nan', () => true);
    const told = (await profileSides(session, sample, ['x'])).get('x');
    if (told === undefined) throw new Error('the column is there');
    const { low, high } = told.profile;
    const seen = glimpse([Float64Array.from({ length: 61 }, (_, i) => i / 10 - 3)]);
    const scan = (side: ColumnSide) => new CellScan([undefined, side], { pinned: [-1, 0.25, 2] }, seen).run();
    const untold = (greatest: number): ColumnSide => {
      return { ...told, filter: sql`TRUE`, profile: { rows: ROWS, missing: 0, low, high: greatest } };
    };
    const runs = jest.spyOn(Crew.prototype, 'share');
    const paged = (side: ColumnSide) =>
      withPages(session, [[sample.relation, new Map([['x', side]])]], 0, ([sides]) => scan(sides?.get('x') ?? side));
    const found = await paged(untold(high));
    expect(runs.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(found).toEqual(await scan(untold(high)));
    expect(found.nan).toEqual({ reference: 0, current: 41 });
    await expect(paged(untold(0.5))).rejects.toThrow('values lie beyond the extremes');
  });
});

describe('columns that are left to DuckDB', () => {
  const whole = sql`CAST(${normal} * 1e8 AS INTEGER)`;
  const others: Readonly<Record<string, Sql>> = {
    NULL: sql`CASE WHEN i % 1000 > 0 THEN ${normal} END`,
    'one NULL': sql`CASE WHEN i <> 150000 THEN ${normal} END`,
    'NaN that is told': sql`CASE WHEN i % 1000 > 0 THEN ${normal} ELSE CAST('nan' AS DOUBLE) END`,
    decimals: sql`CAST(${normal} AS DECIMAL(9, 4))`,
    dates: sql`DATE '2024-01-01' + CAST(${normal} * 1000 AS INTEGER)`,
    times: sql`TIMESTAMP '2024-01-01' + to_seconds(CAST(${normal} * 1e6 AS INTEGER))`,
    'unsigned numbers': sql`CAST(${uniform} * 4e9 AS UINTEGER)`,
    'larger integers than a double holds': sql`9007199254740992 + CAST(${normal} * 1e6 AS BIGINT)`,
    words: sql`'word ' || (i % 9)`,
    lists: sql`[${normal}]`,
    structures: sql`{'inner': ${normal}}`,
  };

  test('NULL, NaN that is told, and other types', async () => {
    await write('a', others);
    await write('b', others, 77);
    expect(await compareTwice({ reference: files('a'), current: files('b') })).toEqual([]);
  });

  test.each([
    { name: 'gzip', options: sql`COMPRESSION gzip`, ends: [] },
    { name: 'Zstandard', options: sql`COMPRESSION zstd`, ends: [] },
    // Only the pages tell. Each column is asked once.
    { name: 'another encoding', options: sql`PARQUET_VERSION v2`, ends: ['unpack', 'unpack'] },
  ])('$name', async ({ options, ends }) => {
    await write('a', { whole }, 0, sql`ROW_GROUP_SIZE 20480, ${options}`);
    await write('b', { whole }, 77, sql`ROW_GROUP_SIZE 20480, ${options}`);
    expect(await compareTwice({ reference: files('a'), current: files('b') })).toEqual(ends);
  });

  test('all that there is no memory for', async () => {
    const scan = { reference: files('reference'), current: files('current'), columns: ['normal'] };
    expect(await compareTwice({ ...scan, memoryLimit: 64 * 2 ** 20 })).toEqual([]);
  });

  test('files whose folders may add columns', async () => {
    mkdirSync(at('region=1'));
    copyFileSync(at('reference.parquet'), at('region=1/part.parquet'));
    const path = { paths: [at('region=1/part.parquet')] };
    expect(await compareTwice({ reference: path, current: path, columns: ['normal', 'few doubles'] })).toEqual([]);
  });

  test('with a sample of other files', async () => {
    await session.rows(
      sql`COPY (SELECT CAST(i AS DOUBLE) AS normal FROM range(${literal(ROWS)}) AS r(i)) TO ${literal(at('text.csv'))} (FORMAT csv)`,
    );
    const current = { paths: [at('text.csv')] };
    const ends = await compareTwice({ reference: files('reference'), current, columns: ['normal'] });
    expect([ends.length > 0, new Set(ends)]).toEqual([true, new Set([undefined])]);
  });
});

describe('a file that changes after it was opened', () => {
  const damage: Readonly<Record<string, (path: string) => void>> = {
    truncated: (path) => truncateSync(path, statSync(path).size / 2),
    removed: (path) => rmSync(path),
  };

  test.each(Object.keys(damage))('%s: DuckDB says so', async (name) => {
    await write('changing', { normal });
    const options = { reference: files('reference'), current: files('changing'), columns: ['normal'], bins: 10 };
    const share = Crew.prototype.share;
    const runs = jest.spyOn(Crew.prototype, 'share').mockImplementation(function (this: Crew, ...given) {
      if (runs.mock.calls.length === 2) damage[name]?.(at('changing.parquet'));
      return share.apply(this, given);
    });
    await expect(scanDrift({ ...options, pagesFrom: 0 })).rejects.toThrow('changing.parquet');
    expect(runs).toHaveBeenCalledTimes(2);
  });
});

test('a signal ends it between phases', async () => {
  const controller = new AbortController();
  const share = Crew.prototype.share;
  const runs = jest.spyOn(Crew.prototype, 'share').mockImplementation(function (this: Crew, ...given) {
    controller.abort(new Error('enough'));
    return share.apply(this, given);
  });
  const options = { reference: files('reference'), current: files('current'), columns: ['normal'], bins: 10 };
  await expect(scanDrift({ ...options, pagesFrom: 0, signal: controller.signal })).rejects.toThrow('enough');
  expect(runs).toHaveBeenCalledTimes(1);
});
