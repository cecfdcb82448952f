import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from '../../../lib/core/sql/sql';
import { SAMPLE_ROWS } from '../../../lib/engines/duckdb/inference';
import { openRelation } from '../../../lib/engines/duckdb/relation';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

let session: DuckDbSession;
const folder = mkdtempSync(join(tmpdir(), 'assay-inference-'));
beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 2 });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

/** Type of a column `x` whose cells are all `usual` but the one of row `at`. */
async function typeOf(usual: string, other: string, at: number, rows: number): Promise<string | undefined> {
  const path = join(folder, 't.csv');
  const cells = Array.from({ length: rows }, (_row, i) => `${i},${i === at ? other : usual}`);
  writeFileSync(path, `row,x\n${cells.join('\n')}\n`);
  const { columns } = await openRelation(session, [path]);
  return columns.find(({ name }) => name === 'x')?.type;
}

const CASES: readonly (readonly [string, string, string])[] = [
  ['1', '2', 'BIGINT'],
  ['1', '2.5', 'DOUBLE'],
  ['1', 'true', 'BOOLEAN'],
  ['1', '2024-01-01', 'VARCHAR'],
  ['2.5', '1', 'DOUBLE'],
  ['2024-01-01', '2024-01-01T10:00:00', 'TIMESTAMP'],
  ['2024-01-01', '2024-13-01', 'VARCHAR'],
  ['', '7', 'BIGINT'],
  ['', '2024-01-01', 'DATE'],
  ['', '', 'VARCHAR'],
  ['a', '1', 'VARCHAR'],
  ['120000000000000001', '120000000000000003', 'VARCHAR'],
  ['0.5', '120000000000000001', 'VARCHAR'],
  ['0.5', '1.2e17', 'DOUBLE'],
];

describe.each([
  { where: 'among the first rows', at: 3, rows: 10 },
  { where: 'after the rows that are looked at first', at: 2_900, rows: 3_000 },
  { where: 'in the last of exactly those rows', at: 2_047, rows: 2_048 },
])('one cell $where', ({ at, rows }) => {
  test.each(CASES)('%p and one %p: %s', async (usual, other, type) => {
    await expect(typeOf(usual, other, at, rows)).resolves.toBe(type);
  });
});

test.each(['2.5', '9007199254740993'])('an integer column that holds %s later is not rounded', async (late) => {
  const path = join(folder, 'late.csv');
  const cells = Array.from({ length: SAMPLE_ROWS + 10 }, (_row, i) => (i === SAMPLE_ROWS + 3 ? late : '1'));
  writeFileSync(path, `row,x\n${cells.map((cell, i) => `${i},${cell}`).join('\n')}\n`);
  const { from } = await openRelation(session, [path], { name: 'late.csv' });
  await expect(session.rows(sql`SELECT sum(x) AS total FROM ${from}`)).rejects.toThrow(
    `late.csv:${SAMPLE_ROWS + 5}: x is "${late}", which is no integer, the column's type`,
  );
  // Who does not ask for the column is not bothered by it.
  await expect(session.rows(sql`SELECT max(row) AS last FROM ${from}`)).resolves.toEqual([{ last: SAMPLE_ROWS + 9 }]);
});

test('every column of a wide file has its own type, however many statements that takes', async () => {
  const path = join(folder, 'wide.csv');
  const kinds = [
    ['7', 'BIGINT'],
    ['2.5', 'DOUBLE'],
    ['true', 'BOOLEAN'],
    ['2024-01-31', 'DATE'],
    ['x', 'VARCHAR'],
  ] as const;
  const of = Array.from({ length: 103 }, (_, i) => kinds[i % kinds.length] ?? kinds[0]);
  const row = of.map(([cell]) => cell).join(',');
  writeFileSync(path, `${of.map((_kind, i) => `c${i}`).join(',')}\n${row}\n${row}\n`);
  const { columns } = await openRelation(session, [path]);
  expect(columns.map(({ type }) => type)).toEqual(of.map(([, type]) => type));
});
