import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { HAS_NULL, OTHER_FORM } from '../../core/kernels/guarded-unpack';
import { type Came, unpackFile } from './unpacked-file';

/** Files of pyarrow 26; scripts/reference/pages.py made them. */
const FOLDER = join(__dirname, 'fixtures');
const session = DuckDbSession.open({ threads: 1 });
afterAll(async () => (await session).close());

const NUMBERS = ['int32', 'int64', 'float', 'double'];
const both = (names: readonly string[]) => names.flatMap((name) => [`required_${name}`, `optional_${name}`]);
const each = (columns: readonly string[], came: Came) => Object.fromEntries(columns.map((column) => [column, came]));
const ALL = both([...NUMBERS, 'text']);
const OPTIONAL = ALL.filter((name) => name.startsWith('optional'));
const same = (columns: readonly string[]) => each(columns, 'the same');

/** What comes of columns; those that are not told are left out, so that DuckDB reads them. */
const CAME: Readonly<Record<string, Readonly<Record<string, Came>>>> = {
  ...Object.fromEntries(
    ['v1-snappy', 'v1-none', 'v2-snappy', 'v2-none'].flatMap((stem) => [
      [`${stem}-dictionary`, same(ALL)],
      [`${stem}-plain`, same(both(NUMBERS))],
      [`${stem}-overflow`, same(ALL)],
    ]),
  ),
  'one-value': same(ALL),
  'large-pages': same(ALL),
  checksums: same(ALL),
  'no-rows': same(ALL),
  'v1-null-known': {},
  'v2-null-known': {},
  'v1-null-unknown': each(OPTIONAL, HAS_NULL),
  'v2-null-unknown': each(OPTIONAL, HAS_NULL),
  'codec-zstd': {},
  'codec-gzip': {},
  'codec-lz4': {},
  'codec-brotli': {},
  'plain-text': same(both(['text'])),
  'byte-stream-split': each(both(NUMBERS), OTHER_FORM),
  delta: each(both(['int32', 'int64']), OTHER_FORM),
  'delta-text': each(['required_text'], OTHER_FORM),
  nested: same(['int64']),
  'same-names': same(['other']),
  types: same(['int8', 'int16', 'large_text', 'categories']),
};

test('every file is told of', () => {
  const files = readdirSync(FOLDER).map((name) => name.replace(/\.parquet$/, ''));
  expect(files.sort()).toEqual(Object.keys(CAME).sort());
});

test.each(Object.entries(CAME))('%s', async (name, came) => {
  expect(await unpackFile(await session, join(FOLDER, `${name}.parquet`))).toEqual(came);
});
