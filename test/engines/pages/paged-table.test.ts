import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { literal, sql } from '../../../lib/core/sql/sql';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { openPages } from '../../../lib/engines/pages/paged-table';

const FIXTURES = join(__dirname, 'fixtures');
const folder = mkdtempSync(join(tmpdir(), 'assay-paged-'));
const session = DuckDbSession.open({ threads: 1 });
afterAll(async () => {
  (await session).close();
  rmSync(folder, { recursive: true });
});

const open = async (path: string, only?: readonly string[]) => openPages(await session, path, only);
const namesOf = async (path: string) => [...(await open(path)).columns.keys()];

/** A copy of a fixture, at another path. */
function copied(name: string, ...to: readonly string[]): string {
  const path = join(folder, ...to);
  mkdirSync(join(path, '..'), { recursive: true });
  copyFileSync(join(FIXTURES, `${name}.parquet`), path);
  return path;
}

test('row groups and columns of a file, wherever one is', async () => {
  const path = join(FIXTURES, 'v1-snappy-dictionary.parquet');
  const table = await open(path);
  expect(table).toMatchObject({ path, groups: [150, 110] });
  expect(table.columns.get('required_double')).toMatchObject({ type: 'DOUBLE', optional: false });
  expect(table.columns.get('optional_text')).toMatchObject({ type: 'BYTE_ARRAY', optional: true });
  const chunks = [...table.columns.values()].flatMap((column) => column.chunks);
  expect(chunks).toHaveLength(20);
  expect(chunks.every(({ snappy }) => snappy)).toBe(true);
  // The first one lies behind the magic number, and each other one where the last one ends.
  const [first, ...others] = chunks.toSorted((a, b) => a.from - b.from);
  expect(first?.from).toBe(4);
  let end = 4 + (first?.bytes ?? 0);
  for (const { from, bytes } of others) {
    expect(from).toBe(end);
    end = from + bytes;
  }
  expect((await open(relative(process.cwd(), path))).columns).toEqual(table.columns);
});

test('only the columns that are asked about', async () => {
  const path = join(FIXTURES, 'v1-none-plain.parquet');
  const all = (await open(path)).columns;
  const only = await open(path, ['optional_float', 'no such column']);
  expect(only).toEqual({ path, groups: [150, 110], columns: new Map([['optional_float', all.get('optional_float')]]) });
});

test('a folder that DuckDB takes for a value of a column', async () => {
  const path = copied('one-value', 'region=north', 'year=1', 'one.parquet');
  expect(await namesOf(path)).toEqual([]);
  expect(await namesOf(copied('one-value', 'region', 'a=b.parquet'))).toHaveLength(10);
});

test('a path that may mean other files', async () => {
  const path = copied('one-value', 'a1.parquet');
  copied('nested', 'a[1].parquet');
  const asked = join(folder, 'a[1].parquet');
  const read = await (await session).rows<{ file: string }>(
    sql`SELECT DISTINCT file_name AS file FROM parquet_metadata(${literal(asked)})`,
  );
  // Whichever of the two it takes, it is read as such or not at all.
  expect([path, asked]).toContain(read[0]?.file);
  expect(await namesOf(asked)).toEqual(read[0]?.file === asked ? ['int64'] : []);
  expect(await namesOf(join(folder, 'a*.parquet'))).toEqual([]);
});

test('what is no Parquet file', async () => {
  const path = join(folder, 'none.parquet');
  writeFileSync(path, 'PAR1 but not for long');
  await expect(open(path)).rejects.toThrow(/none\.parquet/);
  await expect(open(join(folder, 'gone.parquet'))).rejects.toThrow(/gone\.parquet/);
});
