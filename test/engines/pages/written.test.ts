import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { literal, Sql, sql } from '../../../lib/core/sql/sql';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { OTHER_FORM } from '../../core/kernels/guarded-unpack';
import { unpackFile } from './unpacked-file';

/** Files that DuckDB itself writes. */
const folder = mkdtempSync(join(tmpdir(), 'assay-pages-'));
const session = DuckDbSession.open({ threads: 1 });
afterAll(async () => {
  (await session).close();
  rmSync(folder, { recursive: true });
});

/** Few different values become dictionaries, many do not. */
const COLUMNS = `
  (i * 31 % 7 - 3)::INTEGER AS few_whole, ((hash(i) % 4294967296)::BIGINT - 2147483648)::INTEGER AS many_whole,
  (i % 300 - 150)::BIGINT * 30000000000000000 AS few_keys, (hash(i) % 1099511627776)::BIGINT AS many_keys,
  (i % 20)::FLOAT / 3 AS few_float, (hash(i) % 65521)::FLOAT / 7 AS many_float,
  CASE i % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN -0.0 WHEN 2 THEN 'infinity'::DOUBLE ELSE 0.1 END AS few_double,
  (hash(i) % 1000003)::DOUBLE / 11 AS many_double,
  ['north', 'south', '', 'ö', 'a text of more than sixteen bytes'][(i % 5 + 1)::INTEGER] AS few_text`;
const NAMES = [
  'few_whole',
  'many_whole',
  'few_keys',
  'many_keys',
  'few_float',
  'many_float',
  'few_double',
  'many_double',
  'few_text',
];

async function cameOf(rows: number, options: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(folder, `${rows}-${options.replaceAll(/\W+/g, '-')}.parquet`);
  // Written above, by nobody else.
  const source = new Sql(`SELECT ${COLUMNS} FROM range(${rows}) rows(i)`);
  await (await session).rows(sql`COPY (${source}) TO ${literal(path)} (FORMAT parquet, ${new Sql(options)})`);
  return unpackFile(await session, path);
}

const same = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'the same']));

// A row group of a row or two has its texts without a dictionary.
test.each<[rows: number, options: string]>([
  [1, 'COMPRESSION snappy'],
  [2, 'COMPRESSION uncompressed'],
  [100, 'COMPRESSION snappy'],
  [2049, 'ROW_GROUP_SIZE 2048'],
  [10_000, 'ROW_GROUP_SIZE 2048, COMPRESSION uncompressed'],
  [122_881, 'ROW_GROUP_SIZE 122880'],
  [122_900, 'ROW_GROUP_SIZE 1000000'],
])('%i rows, %s', async (rows, options) => {
  expect(await cameOf(rows, options)).toEqual(same(NAMES));
});

test('no rows have no pages', async () => {
  expect(await cameOf(0, 'COMPRESSION snappy')).toEqual({});
});

test.each(['snappy', 'uncompressed'])('what the second version has of its own is refused, %s', async (codec) => {
  const came = await cameOf(10_000, `PARQUET_VERSION V2, ROW_GROUP_SIZE 4096, COMPRESSION ${codec}`);
  const refused = NAMES.filter((name) => name.startsWith('many'));
  expect(came).toEqual({ ...same(NAMES), ...Object.fromEntries(refused.map((name) => [name, OTHER_FORM])) });
});
