import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { DatasetConfig } from '../../lib/config/gates';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { describeFolder } from '../../lib/golden-data/manifest';
import { splitFile } from '../../lib/golden-data/split-file';
import { verifyFolder } from '../../lib/golden-data/verify';
import { transformInput } from '../../lib/release/transform-input';

const folder = mkdtempSync(join(tmpdir(), 'assay-formats-'));
const ROWS = Array.from({ length: 300 }, (_, i) => {
  const [spend, day] = [i % 7 === 0 ? '' : i * 1.25, `2026-02-${String((i % 28) + 1).padStart(2, '0')}`];
  return `${i},${i % 3 === 0 ? '"a, ""b"""' : 'é'},${spend},${i % 2 === 0},${day},${day}T04:05:06,${i % 2}`;
});
const CSV = `id,plan,spend,flag,day,seen,y\n${ROWS.join('\n')}\n`;
const FILES = ['t.csv', 't.csv.gz', 't.csv.zst', 't.parquet'] as const;

const dataset = (file: string): DatasetConfig =>
  ({
    name: 'formats',
    version: '1',
    key: 'id',
    label: 'y',
    train: file,
    holdout: file,
    columns: {
      id: 'integer',
      plan: 'string',
      spend: 'number',
      flag: 'boolean',
      day: 'date',
      seen: 'timestamp',
      y: 'integer',
    },
  }) as unknown as DatasetConfig;

beforeAll(async () => {
  const csv = join(folder, 't.csv');
  writeFileSync(csv, CSV);
  writeFileSync(join(folder, 't.csv.gz'), gzipSync(CSV));
  const session = await DuckDbSession.open({ threads: 1 });
  const table = sql`read_csv(${literal(csv)}, header = true)`;
  await session.rows(sql`COPY (FROM ${table}) TO ${literal(join(folder, 't.parquet'))} (FORMAT parquet)`);
  await session.rows(
    sql`COPY (SELECT * REPLACE (strftime(seen, '%Y-%m-%dT%H:%M:%S') AS seen) FROM ${table}) TO ${literal(join(folder, 't.csv.zst'))} (FORMAT csv, HEADER true, COMPRESSION zstd)`,
  );
  session.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(FILES)('%s is described, verified and found changed', async (file) => {
  const manifest = await describeFolder(folder, dataset(file));
  expect(manifest.files).toMatchObject([{ path: file, rows: 300 }]);
  expect(manifest.files[0]?.columns.map(({ type }) => type)).toEqual(Object.values(dataset(file).columns));
  expect(await verifyFolder(folder, manifest)).toEqual([{ path: file }]);
  const other = mkdtempSync(join(folder, 'other-'));
  const bytes = readFileSync(join(folder, file));
  bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60);
  writeFileSync(join(other, file), bytes);
  expect((await verifyFolder(other, manifest))[0]?.problem).toMatch(/^expected sha256 /);
});

test('batch transform gets the same rows from every format', async () => {
  const inputs = await Promise.all(FILES.map((file) => transformInput(join(folder, file), dataset(file))));
  expect(JSON.parse(inputs[0]?.split('\n')[1] ?? '')).toEqual({
    id: 1,
    plan: 'é',
    spend: 1.25,
    flag: false,
    day: '2026-02-02',
    seen: '2026-02-02T04:05:06',
  });
  for (const input of inputs) expect(input).toBe(inputs[0]);
});

test('a fetched file is what its name in the dataset says, whatever it is called here', async () => {
  const path = join(folder, 'holdout');
  writeFileSync(path, gzipSync(CSV));
  expect(await transformInput(path, dataset('holdout.csv.gz'))).toBe(
    await transformInput(join(folder, 't.csv'), dataset('t.csv')),
  );
});

test('equal keys are on equal sides of a split, in every format', async () => {
  const sides: string[] = [];
  for (const file of FILES) {
    const out = join(folder, `split-${file}`);
    const split = await splitFile({ path: join(folder, file), key: 'id', holdout: 0.2, seed: 4 }, out);
    expect(split.trainRows + split.holdoutRows).toBe(300);
    expect(split.holdout).toBe(file === 't.parquet' ? 'holdout.parquet' : 'holdout.csv');
    sides.push(await transformInput(join(out, split.holdout), dataset(split.holdout)));
  }
  for (const side of sides) expect(side).toBe(sides[0]);
});

test.each([
  ['an unknown key', 'it', 0.2, 't.parquet: has no column "it"'],
  ['a missing key', 'spend', 0.2, 't.parquet: 43 rows have no spend'],
  ['a side without rows', 'y', 1e-9, 't.parquet: 300 rows with 2 different values of y leave none for holdout'],
])('Parquet with %s is refused', async (_what, key, holdout, message) => {
  const input = { path: join(folder, 't.parquet'), key, holdout, seed: 0 };
  await expect(splitFile(input, join(folder, 'none'))).rejects.toThrow(message);
});
