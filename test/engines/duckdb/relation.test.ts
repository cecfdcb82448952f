import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { literal, sql } from '../../../lib/core/sql/sql';
import { columnOf, openRelation } from '../../../lib/engines/duckdb/relation';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

let session: DuckDbSession;
const folder = mkdtempSync(join(tmpdir(), 'assay-relation-'));
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 1 });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

const ROWS = [
  { id: 1, name: 'a', share: 0.5 },
  { id: 2, name: null, share: 1.25 },
];

test.each(['t.csv', 't.csv.gz', 't.csv.zst', 't.parquet', 't.jsonl'])('%s is read', async (file) => {
  const path = join(folder, file);
  const csv = 'id,name,share\n1,a,0.5\n2,,1.25\n';
  if (file === 't.csv') writeFileSync(path, csv);
  else if (file === 't.csv.gz') writeFileSync(path, gzipSync(csv));
  else if (file === 't.jsonl') writeFileSync(path, ROWS.map((row) => JSON.stringify(row)).join('\n'));
  else await session.rows(sql`COPY (FROM read_csv(${literal(join(folder, 't.csv'))})) TO ${literal(path)}`);
  const relation = await openRelation(session, [path]);
  expect(await session.rows(sql`SELECT ${columnOf(relation, 'id')}, name, share FROM ${relation.from}`)).toEqual(ROWS);
});

test('what is no table, and a column that is not there, are told in one line', async () => {
  await expect(openRelation(session, [join(folder, 'absent.csv')])).rejects.toThrow(
    /absent\.csv: there is no such file/,
  );
  await expect(openRelation(session, ['x.txt'])).rejects.toThrow('x.txt: is read when its name ends in .csv');
  const relation = await openRelation(session, [join(folder, 't.csv')], { name: 't.csv' });
  expect(() => columnOf(relation, 'Id')).toThrow(
    't.csv: has no column "Id" (did you mean "id"?); it has id, name, share',
  );
});
