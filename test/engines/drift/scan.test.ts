import { countBins, quantileEdges } from '../../../lib/core/drift/edges';
import { ladderOfValues } from '../../../lib/core/drift/ladder';
import { orderedEvidence } from '../../../lib/core/drift/ordered';
import { identifier, joinSql, literal, type Sql, sql } from '../../../lib/core/sql/sql';
import { lookAt } from '../../../lib/engines/drift/look';
import { mergeEqual, readNumbers } from '../../../lib/engines/drift/read';
import { scanDrift } from '../../../lib/engines/drift/scan';
import { openSample, profileSides, type SampleFiles } from '../../../lib/engines/drift/side';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { scratchFolder } from '../../support/folder';

jest.setTimeout(60_000);

/** More rows than are counted value by value, in several row groups. */
const ROWS = 205_000;
const uniform = sql`(hash(i + shift) / 18446744073709551616.0)`;
const normal = sql`(sqrt(-2 * ln(1 - ${uniform})) * cos(6.283185307179586 * hash(-i - shift) / 18446744073709551616.0))`;
const COLUMNS: Readonly<Record<string, Sql>> = {
  sorted: sql`i * 0.25 + shift / 1e6`,
  'with NaN, infinities and NULL': sql`CASE i % 1000
    WHEN 0 THEN CAST('inf' AS DOUBLE) WHEN 1 THEN CAST('-inf' AS DOUBLE) WHEN 2 THEN NULL WHEN 3 THEN CAST('nan' AS DOUBLE) ELSE ${normal} END`,
  'few values': sql`floor(${uniform} * 12)`,
  constant: sql`4.5::DOUBLE`,
  'all NULL': sql`CAST(NULL AS DOUBLE)`,
  'all NaN': sql`CAST('nan' AS DOUBLE)`,
};
const NAMES = Object.keys(COLUMNS);

const { at } = scratchFolder();
const files = (name: string): SampleFiles => ({ paths: [at(`${name}.parquet`)] });
let session: DuckDbSession;

async function write(name: string, shift: number, columns: Readonly<Record<string, Sql>>): Promise<void> {
  const list = Object.entries(columns).map(([column, value]) => sql`${value} AS ${identifier(column)}`);
  const rows = sql`SELECT ${joinSql(list, ', ')} FROM (SELECT i, ${literal(shift)} AS shift FROM range(${literal(ROWS)}) AS r(i))`;
  await session.rows(sql`COPY (${rows}) TO ${literal(at(`${name}.parquet`))} (FORMAT parquet, ROW_GROUP_SIZE 20480)`);
}

beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
  await write('reference', 0, COLUMNS);
  await write('current', 1_000_000, COLUMNS);
});
afterAll(() => session.close());

/** Every value, sorted here. */
async function valuesOf(name: string, column: string) {
  const [numbers = new Float64Array(0)] = await readNumbers(
    session,
    [identifier(column)],
    sql`FROM read_parquet(${literal(at(`${name}.parquet`))})`,
  );
  const values = numbers.filter((value) => !Number.isNaN(value)).sort();
  return mergeEqual(values, new Float64Array(values.length).fill(1));
}

test('large files are compared exactly, with one thread as with two', async () => {
  const scan = { reference: files('reference'), current: files('current'), bins: 10 };
  const [one, two] = [await scanDrift({ ...scan, threads: 1 }), await scanDrift({ ...scan, threads: 2 })];
  expect(one).toEqual(two);
  expect(one.map(({ name }) => name)).toEqual(NAMES);
  for (const column of one) {
    if (column.kind !== 'numeric') throw new Error(`${column.name} is a column of numbers`);
    const [reference, current] = [await valuesOf('reference', column.name), await valuesOf('current', column.name)];
    const ladder = ladderOfValues(reference, current);
    const rows = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
    const edges = quantileEdges(ladder, 10);
    const found = { edges: column.edges, bins: column.bins, missing: column.missing };
    expect([column.name, found]).toEqual([
      column.name,
      {
        edges,
        bins: countBins(ladder, edges),
        missing: { reference: ROWS - rows(reference.counts), current: ROWS - rows(current.counts) },
      },
    ]);
    expect([column.name, column.ordered?.ks.estimate]).toEqual([column.name, orderedEvidence(ladder).ks.estimate]);
  }
});

test('a look at a file sees all of it, sorted or not, and whatever its columns are called', async () => {
  const hidden = { file_row_number: sql`'row ' || i`, sorted: sql`i * 0.25` };
  await write('hidden', 0, hidden);
  for (const [name, complete] of [
    ['reference', true],
    ['hidden', false],
  ] as const) {
    const sample = await openSample(session, files(name), name, () => true);
    const sides = await lookAt(session, sample, await profileSides(session, sample, ['sorted']));
    const { numbers = new Float64Array(0), all } = sides.get('sorted')?.seen ?? {};
    expect([numbers.length, all]).toEqual([10_240, false]);
    const sorted = numbers.toSorted();
    expect((sorted.at(-1) ?? 0) - (sorted[0] ?? 0) > 0.95 * ROWS * 0.25).toBe(complete);
  }
});

test('a look at several files sees the first and the last', async () => {
  for (const i of [0, 1]) {
    const from = sql`range(${literal(i * 110_000)}, ${literal((i + 1) * 110_000)})`;
    await session.rows(sql`COPY (SELECT i::DOUBLE AS x FROM ${from} AS r(i)) TO ${literal(at(`${i}-half.parquet`))}`);
  }
  const sample = await openSample(session, { paths: [0, 1].map((i) => at(`${i}-half.parquet`)) }, 'halves', () => true);
  const seen = (await lookAt(session, sample, await profileSides(session, sample, ['x']))).get('x')?.seen?.numbers;
  expect([Math.min(...(seen ?? [])), Math.max(...(seen ?? []))]).toEqual([0, 219_999]);
});

test('progress never goes back and ends with all', async () => {
  const shares: number[] = [];
  await scanDrift({
    reference: files('reference'),
    current: files('current'),
    columns: ['few values', 'constant', 'all NULL'],
    bins: 10,
    onProgress: (share) => shares.push(share),
  });
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect([shares.length >= 5, shares.at(-1)]).toEqual([true, 1]);
});
