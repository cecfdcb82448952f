import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { literal, sql } from '../../../lib/core/sql/sql';
import { openRelation, type RelationOptions } from '../../../lib/engines/duckdb/relation';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';
import { TableError } from '../../../lib/engines/table-error';

let session: DuckDbSession;
const folder = mkdtempSync(join(tmpdir(), 'assay-problems-'));
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function scan(paths: readonly string[], options?: RelationOptions): Promise<number> {
  const { from } = await openRelation(session, paths, options);
  const [row] = await session.rows<{ n: number }>(sql`SELECT count(*) AS n, any_value(COLUMNS(*)) FROM ${from}`);
  return row?.n ?? -1;
}

async function problemOf(paths: readonly string[], options?: RelationOptions): Promise<string> {
  const error: unknown = await scan(paths, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TableError);
  return (error as TableError).message;
}

const QUOTED = 'id,n\n"a\nb",1\n\n';

const CSV: readonly (readonly [string, string | Buffer, string])[] = [
  ['a ragged row', `${QUOTED}c,2,3\n`, 't.csv:5: has 3 fields, the header has 2 (id, n)'],
  ['a short row', `${QUOTED}c\n`, 't.csv:5: has 1 fields, the header has 2 (id, n)'],
  ['an open quote', 'id,n\na,1\n"b,2\nc,3\n', 't.csv:3: has a quote that is not closed'],
  ['bytes that are no UTF-8', Buffer.from(`${QUOTED}\xff\xfe,2\n`, 'latin1'), 't.csv:5: is not UTF-8 text'],
  ['a header that is no UTF-8', Buffer.from('id,\xff\na,1\n', 'latin1'), 't.csv:1: is not UTF-8 text'],
  ['line ends of two kinds', 'id,n\r\na,1\nb,2\r\n', 't.csv:2: ends with LF, lines before it with CRLF'],
  ['a column twice', 'id,n,id\n', 't.csv:1: the header names the column "id" twice'],
  [
    'columns that differ in capitals',
    'id,ID\n',
    't.csv:1: the header names "id" and "ID", which differ in capitals alone',
  ],
  ['a column without a name', 'id,\na,1\n', 't.csv:1: the header has a column without a name'],
  ['no byte', '', 't.csv: is empty: a header and rows are needed'],
  ['nothing but line ends', '\n\n', 't.csv: is empty: a header and rows are needed'],
];

describe.each(['text', 'typed'] as const)('CSV read as %s', (mode) => {
  test.each(CSV)('%s', async (_what, content, message) => {
    const problem = await problemOf([write('t.csv', content)], { name: 't.csv', mode });
    expect(problem.slice(0, message.length)).toBe(message);
    expect(problem).not.toContain('\n');
  });

  test.each([
    ['byte order mark, CRLF, quotes and blank lines', '\uFEFFid,n\r\n"a,""\r\n""",1\r\n\r\nb,2\r\n', 2],
    ['a header alone', 'id,n', 0],
    ['no line end at the end', 'id,n\na,1', 1],
  ])('%s is read', async (_what, content, rows) => {
    expect(await scan([write('t.csv', content)], { mode })).toBe(rows);
  });
});

test('a cell that cannot be converted, with its line', async () => {
  const types = [
    { name: 'id', type: 'string' },
    { name: 'n', type: 'integer' },
  ] as const;
  const path = write('t.csv', `${QUOTED}c,"x ""y"" z"\n`);
  expect(await problemOf([path], { name: 't.csv', types })).toBe(
    't.csv:5: n is "x ""y"" z", which is no integer, the column\'s type (declared, or inferred from its first rows)',
  );
});

test('packed text that was cut off, is damaged, or is ragged', async () => {
  const packed = gzipSync(`id,n\n${'a,1\n'.repeat(50_000)}`);
  const cut = write('cut.csv.gz', packed.subarray(0, packed.length >> 1));
  expect(await problemOf([cut], { name: 'cut.csv.gz' })).toBe('cut.csv.gz: is cut off: not a whole gzip file');
  const other = write('other.jsonl.zst', '{"a": 1}\n');
  expect(await problemOf([other], { name: 'o.jsonl.zst' })).toBe('o.jsonl.zst: is damaged: not a zstd file');
  const ragged = write('t.csv.gz', gzipSync(`${QUOTED}c,2,3\n`));
  expect(await problemOf([ragged], { name: 't.csv.gz' })).toContain('t.csv.gz:5: has 3 fields');
  await session.rows(
    sql`COPY (SELECT * FROM (VALUES ('id,n'), ('a,1'), ('b,2,3')) t(line)) TO ${literal(join(folder, 't.csv.zst'))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '|', COMPRESSION zstd)`,
  );
  expect(await problemOf([join(folder, 't.csv.zst')], { name: 't.csv.zst' })).toContain('t.csv.zst:3: has 3 fields');
});

describe('Parquet', () => {
  test('cut off, damaged, of another kind', async () => {
    const path = join(folder, 'whole.parquet');
    await session.rows(
      sql`COPY (SELECT i AS id, 'x' || i AS name FROM range(9000) t(i)) TO ${literal(path)} (FORMAT parquet)`,
    );
    const whole = readFileSync(path);
    const cut = write('cut.parquet', whole.subarray(0, whole.length - 100));
    expect(await problemOf([cut], { name: 'cut.parquet' })).toBe(
      "cut.parquet: cannot be read: No magic bytes found at end of file 'cut.parquet'",
    );
    const text = write('text.parquet', 'id,n\n');
    expect(await problemOf([text], { name: 'text.parquet' })).toContain('text.parquet: cannot be read: File');
    const damaged = write('damaged.parquet', Buffer.from(whole).fill(0xff, 200, 2000));
    expect(await problemOf([damaged], { name: 'damaged.parquet' })).toMatch(/^damaged\.parquet: cannot be read: .+$/);
  });
});

test.each([
  ['text that is no JSON', '{"a":1}\n\n{"a":\n', 't.jsonl:3: is no JSON: {"a":'],
  ['another value than an object', '[1]\n{"a":1}\n', 't.jsonl:1: every line is one JSON object, found [1]'],
  ['bytes that are no UTF-8', Buffer.from('{"a":1}\n{"a":"\xff"}\n', 'latin1'), 't.jsonl:2: is not UTF-8 text'],
  ['a byte order mark', '\uFEFF{"a":1}\n', 't.jsonl:1: begins with a byte order mark, which JSON does not allow'],
  ['no line', '\n', 't.jsonl: is empty: one JSON object a line is needed'],
  ['fields that differ in capitals', '{"a":1,"A":2}\n', 't.jsonl:1: the object names "a" and "A"'],
] as const)('JSON lines: %s', async (_what, content, message) => {
  const problem = await problemOf([write('t.jsonl', content)], { name: 't.jsonl', mode: 'text' });
  expect(problem.slice(0, message.length)).toBe(message);
});

test('files of one table have the same columns', async () => {
  const paths = [write('a.csv', 'id,n\na,1\n'), write('b.csv', 'id,m\nb,2\n')];
  const names = ['a.csv', 'b.csv'];
  expect(await problemOf(paths, { names })).toBe(
    'b.csv: has the columns id, m; a.csv has id, n: files of one table have the same',
  );
  const lines = [
    write('a.jsonl', '{"a":1,"b":2}\n'),
    write('b.jsonl', '{"b":1,"a":2}\n'),
    write('c.jsonl', '{"a":1}\n'),
  ];
  expect(await scan(lines.slice(0, 2), { mode: 'text' })).toBe(2);
  expect(await problemOf(lines, { names: ['a.jsonl', 'b.jsonl', 'c.jsonl'] })).toContain('c.jsonl: has the columns a;');
  const files = [0, 1].map((i) => join(folder, `${i}.parquet`));
  await session.rows(sql`COPY (SELECT 1 AS a) TO ${literal(files[0] ?? '')} (FORMAT parquet)`);
  await session.rows(sql`COPY (SELECT 'x' AS a) TO ${literal(files[1] ?? '')} (FORMAT parquet)`);
  expect(await problemOf(files, { names: ['0.parquet', '1.parquet'] })).toBe(
    '1.parquet: has the columns a VARCHAR; 0.parquet has a INTEGER: files of one table have the same',
  );
});

test('a missing file and a folder', async () => {
  expect(await problemOf([join(folder, 'absent.csv')], { name: 'absent.csv' })).toBe(
    'absent.csv: there is no such file',
  );
  expect(await problemOf([folder], { name: 'x.csv' })).toBe('x.csv: is no file');
});
