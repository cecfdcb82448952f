import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Report } from '../../lib/core/report/report';
import { literal, sql } from '../../lib/core/sql/sql';
import { DuckDbSession } from '../../lib/engines/duckdb/session';
import { assay as call } from '../support/command-line';
import { scratchFolder } from '../support/folder';

const CSV = 'id,n,when\na,1,2024-01-01\nb,2,2024-02-30\nc,,\na,9,2024-03-01\n';
const { at } = scratchFolder();

const assay = (...args: readonly string[]) => call(['gate', 'data', ...args]);

beforeAll(async () => {
  writeFileSync(at('t.csv'), CSV);
  writeFileSync(at('t.csv.gz'), gzipSync(CSV));
  writeFileSync(at('t.jsonl'), '{"id":"a","n":1}\n{"id":"b","n":2}\n{"id":"c","n":null}\n{"id":"a","n":9}\n');
  const session = await DuckDbSession.open({ threads: 1 });
  for (const [name, part] of [
    ['p1.parquet', sql`i < 2`],
    ['p2.parquet', sql`i >= 2`],
  ] as const) {
    const rows = sql`SELECT ['a', 'b', 'c', 'a'][i + 1] AS id, [1, 2, NULL, 9][i + 1] AS n FROM range(4) AS r(i) WHERE ${part}`;
    await session.rows(sql`COPY (${rows}) TO ${literal(at(name))} (FORMAT parquet)`);
  }
  session.close();
});
function suite(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

const SHORT = `- expect_column_values_to_be_unique: { column: id }
- expect_column_values_to_be_between: { column: n, max_value: 5 }
- expect_table_row_count_to_equal: { value: 4 }
- unexpected_rows_expectation: { unexpected_rows_query: "SELECT * FROM {batch} WHERE n > 8" }
`;

describe('files and a suite, without gates.yaml', () => {
  test.each(['t.csv', 't.csv.gz', 't.jsonl', 'p*.parquet'])('%s', async (file) => {
    const { code, out } = await assay('--file', at(file), '--suite', suite('s.yaml', SHORT), '--key', 'id', '--json');
    const report = JSON.parse(out) as Report;
    expect(code).toBe(1);
    expect(report.checks.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['data.id.unique', 'fail'],
      ['data.n.between', 'fail'],
      ['data.table.row_count_to_equal', 'pass'],
      ['data.table.unexpected_rows_expectation', 'fail'],
    ]);
    expect(report.checks[1]?.reason).toContain('n: 1 of 3 values are not at most 5 (first: 9 at id a)');
    expect(report.checks[0]?.evidence?.result).toMatchObject({
      element_count: 4,
      unexpected_count: 2,
      partial_unexpected_list: ['a', 'a'],
    });
  });

  test('a Great Expectations suite as it is, and lines of a CSV', async () => {
    const ge = {
      name: 's',
      id: 'x',
      meta: { great_expectations_version: '1.3.0' },
      expectations: [
        { type: 'expect_column_values_to_not_be_null', kwargs: { column: 'n' }, meta: {}, severity: 'critical' },
      ],
    };
    const { code, out } = await assay('--file', at('t.csv'), '--suite', suite('ge.json', JSON.stringify(ge)));
    expect([code, out]).toEqual([1, expect.stringContaining('n: 1 of 4 values are missing (first at line 4)')]);
  });

  test('the line is that of the record, also behind quoted line ends and in the second file', async () => {
    writeFileSync(at('m1.csv'), 'id,n\n"a\nb",1\n\nc,\n');
    writeFileSync(at('m2.csv'), 'id,n\nd,2\ne,\n');
    const rule = suite('n.yaml', '- expect_column_values_to_not_be_null: { column: n }\n');
    const one = await assay('--file', at('m1.csv'), '--suite', rule);
    expect(one.out).toContain('(first at line 5)');
    const two = await assay('--file', at('m*.csv'), '--suite', rule, '--json');
    expect((JSON.parse(two.out) as Report).checks[0]?.evidence?.result).toMatchObject({
      partial_unexpected_keys: ['line 5', 'line 3'],
    });
  });

  test('a mistyped column is told the nearest name', async () => {
    const rule = suite('typo.yaml', '- expect_column_values_to_not_be_null: { column: tenur }\n');
    writeFileSync(at('typo.csv'), 'tenure\n1\n');
    const { code, out } = await assay('--file', at('typo.csv'), '--suite', rule);
    expect(code).toBe(1);
    expect(out).toContain('tenur: there is no such column (did you mean "tenure"?)');
  });

  test('a column that is asked about by its characters stays text', async () => {
    writeFileSync(at('zip.csv'), 'zip,n\n00123,1\n04567,2\n');
    const rule = suite('zip.yaml', '- expect_column_values_to_match_regex: { column: zip, regex: "^[0-9]{5}$" }\n');
    expect((await assay('--file', at('zip.csv'), '--suite', rule)).code).toBe(0);
  });

  test('every wrong argument is told at once, with file, line and column', async () => {
    const wrong = `- expect_column_values_to_be_betwen: { column: n }
- expect_column_values_to_be_between: { column: n, mostly: 2, min_valeu: 1 }
- expect_column_values_to_be_unique: { column: n, row_condition: "n >" }
`;
    const { code, err } = await assay('--file', at('t.csv'), '--suite', suite('wrong.yaml', wrong));
    expect(code).toBe(64);
    const lines = err.trim().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(
        /wrong\.yaml:1:3: unknown expectation .* \(did you mean "expect_column_values_to_be_between"\?\)/,
      ),
      expect.stringMatching(/wrong\.yaml:2:3: .*unknown argument "min_valeu" \(did you mean "min_value"\?\)/),
      expect.stringMatching(/wrong\.yaml:2:3: .*mostly must be between 0 and 1; found 2/),
      expect.stringMatching(
        /wrong\.yaml:3:3: .*row_condition cannot be read: unable to parse condition: n >: the end at character 4/,
      ),
    ]);
  });

  test.each([
    [['--file', 'x.csv'], '--file and --suite go together'],
    [['--file', 'x.csv', '--suite', 'y', '--engine', 'spark'], '--engine spark: is one of auto, duckdb'],
    [['--file', 'x.csv', '--suite', 'y', '--memory', '5'], '--memory 5: is a size of 32MB or more'],
    [['--file', 'x.csv', '--suite', 'y', '--threads', '0'], '--threads 0: is a whole number'],
    [['--file', 'x.csv', '--suite', '/nowhere/s.yaml'], 'there is no such file (a suite of expectations)'],
  ])('%j', async (args, message) => {
    expect(await assay(...args)).toMatchObject({ code: 64, err: expect.stringContaining(message) });
  });
});

test.each([
  ['a wrong suite', 't.csv', '- expect_nothing: {}\n', 64],
  ['no such file', 'none.csv', SHORT, 64],
  ['a judgement', 't.csv', SHORT, 1],
])('%s: the DuckDB that was opening leaves nothing behind', async (_name, file, text, wanted) => {
  const { code } = await assay('--file', at(file), '--suite', suite('left.yaml', text));
  expect([code, spillFolders()]).toEqual([wanted, []]);
});

/** Those of this process. */
function spillFolders(): readonly string[] {
  const scans = readdirSync(tmpdir()).filter((name) => name.startsWith('assay-scan-'));
  return scans.flatMap((name) => {
    try {
      return readdirSync(join(tmpdir(), name)).filter((inner) => inner.startsWith(`assay-spill-${process.pid}-`));
    } catch {
      return []; // another process's, which is gone by now
    }
  });
}

describe('a query reads the table and nothing else', () => {
  test.each([
    ["SELECT * FROM read_csv('/etc/passwd')", 'it calls read_csv()'],
    ["SELECT * FROM '/etc/passwd'", 'reads {batch} alone'],
    ['SELECT * FROM {batch}; DROP TABLE t', 'unexpected_rows_query'],
    ['SELECT * FROM {batch} UNION ALL SELECT * FROM duckdb_settings()', 'it calls duckdb_settings()'],
    ['SELECT * FROM {batch}) TO x', 'unexpected_rows_query'],
    ["WITH x AS (SELECT * FROM glob('/*')) SELECT * FROM x", 'it calls glob()'],
    // A name that is known elsewhere in the query is that of a file here.
    ['SELECT * FROM (WITH "t.csv" AS (SELECT 1 AS a) SELECT 5 AS z) x, "t.csv"', 'it names t.csv'],
    ['WITH a AS (SELECT * FROM "t.csv"), "t.csv" AS (SELECT 1 AS x) SELECT * FROM a, {batch}', 'it names t.csv'],
    ['WITH "t.csv" AS (SELECT * FROM "t.csv") SELECT * FROM "t.csv", {batch}', 'it names t.csv'],
  ])('%s', async (text, message) => {
    const entry = JSON.stringify([{ type: 'unexpected_rows_expectation', kwargs: { unexpected_rows_query: text } }]);
    const { code, out } = await assay('--file', at('t.csv'), '--suite', suite('q.json', entry));
    expect([code, out]).toEqual([1, expect.stringContaining(message)]);
  });

  test.each([
    'WITH big AS (SELECT * FROM {batch} WHERE n > 1) SELECT id FROM Big WHERE n > (SELECT avg(n) FROM {batch})',
    "WITH RECURSIVE up AS (SELECT 8 AS i UNION ALL SELECT i + 1 FROM up WHERE i < 9) SELECT 'a' AS id FROM up JOIN {batch} ON n = i",
  ])('its own parts are its own: %s', async (text) => {
    const entry = JSON.stringify([{ type: 'unexpected_rows_expectation', kwargs: { unexpected_rows_query: text } }]);
    const { code, out } = await assay('--file', at('t.csv'), '--suite', suite('q.json', entry));
    expect([code, out]).toEqual([1, expect.stringContaining('1 unexpected row (first: {"id":"a"})')]);
  });
});
