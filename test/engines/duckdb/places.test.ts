import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { literal, sql } from '../../../lib/core/sql/sql';
import { placesOf } from '../../../lib/engines/duckdb/places';
import { openRelation } from '../../../lib/engines/duckdb/relation';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

let session: DuckDbSession;
const folder = mkdtempSync(join(tmpdir(), 'assay-places-'));
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

test('rows of several files, with values over several lines and blank lines', async () => {
  const paths = [
    write('a.csv', '\uFEFFid,n\r\n"a\r\nb",1\r\n\r\nc,2\r\n'),
    write('b.csv.gz', gzipSync('id,n\n\n"d\n\n",3\ne,4')),
  ];
  const relation = await openRelation(session, paths, { names: ['a.csv', 'b.csv.gz'], mode: 'text' });
  expect([...(await placesOf(session, relation, [3, 0, 1, 2, 9]))]).toEqual([
    [0, { file: 'a.csv', line: 2 }],
    [1, { file: 'a.csv', line: 5 }],
    [2, { file: 'b.csv.gz', line: 3 }],
    [3, { file: 'b.csv.gz', line: 6 }],
  ]);
});

test('JSON lines, and zstd', async () => {
  const relation = await openRelation(session, [write('t.jsonl', '{"a":1}\n\n{"a":2}')], { name: 't.jsonl' });
  expect([...(await placesOf(session, relation, [1]))]).toEqual([[1, { file: 't.jsonl', line: 3 }]]);
  const path = join(folder, 'z.csv.zst');
  await session.rows(
    sql`COPY (SELECT i AS id, 'a' || chr(10) || 'b' AS t FROM range(9000) r(i)) TO ${literal(path)} (FORMAT csv, HEADER true, COMPRESSION zstd)`,
  );
  const packed = await openRelation(session, [path], { name: 'z.csv.zst', mode: 'text' });
  expect([...(await placesOf(session, packed, [8999]))]).toEqual([[8999, { file: 'z.csv.zst', line: 2 + 2 * 8999 }]]);
});

test('a row is where the place says, for any CSV', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', 'é') });
  const blank = fc.constantFrom('', '', '\n', '\n\n');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, blank), { minLength: 1, maxLength: 40 }), async (cells) => {
      const records = cells.map(([text, after], i) => `${i},"${text.replaceAll('"', '""')}"\n${after}`);
      const text = `id,t\n${records.join('')}`;
      const relation = await openRelation(session, [write('any.csv', text)], { name: 'any.csv', mode: 'text' });
      const rows = await session.rows<{ id: string }>(sql`SELECT id FROM ${relation.from}`);
      expect(rows.map(({ id }) => Number(id))).toEqual(cells.map((_cell, i) => i));
      const places = await placesOf(session, relation, [...cells.keys()]);
      const lines = text.split('\n');
      for (const [row, { line }] of places) expect(lines[line - 1]).toMatch(new RegExp(`^${row},"`));
      expect(places.size).toBe(cells.length);
    }),
    { seed: 8, numRuns: 60 },
  );
});
