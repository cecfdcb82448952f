import { compileTable, type ExpectationInput } from '../../../lib/core/data/compile';
import { judgeTable } from '../../../lib/core/data/judge';
import { ROW } from '../../../lib/core/data/sql';
import type { Column, TableInfo, Value } from '../../../lib/core/data/table';
import type { Check } from '../../../lib/core/report/report';
import { SQL_TYPES } from '../../../lib/core/sql/cells';
import { DUCKDB } from '../../../lib/core/sql/dialect';
import { identifier, joinSql, literal, sql } from '../../../lib/core/sql/sql';
import { DuckDbAnswerer } from '../../../lib/engines/data/answerer';
import { TOOLS } from '../../../lib/engines/data/tools';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

const columns: readonly Column[] = [
  { name: 'id', type: 'string' },
  { name: 'n', type: 'number' },
  { name: 'm', type: 'integer' },
  { name: 'c', type: 'string' },
  { name: 'd', type: 'date' },
  { name: 'y', type: 'integer' },
];

type Row = Readonly<Record<string, Value>>;

const N: readonly Value[] = [1, 2, 3, 4, null];
const M: readonly Value[] = [0, 2, 1, 9, 1];
const C: readonly Value[] = ['a', 'bb', 'a', 'ccc', null];
const D: readonly Value[] = ['2024-01-01', '2024-01-31', '2024-02-01', '2023-12-31', null];

const rows: readonly Row[] = N.map((n, i) => ({
  id: `K${i}`,
  n,
  m: M[i] ?? null,
  c: C[i] ?? null,
  d: D[i] ?? null,
  y: i % 2,
}));

const info: TableInfo = {
  name: 'train.csv',
  columns: columns.map((column) => ({ ...column, stored: SQL_TYPES[column.type].text })),
  key: 'id',
};

let session: DuckDbSession;

beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 1 });
});
afterAll(() => session.close());

async function judge(
  inputs: readonly ExpectationInput[],
  of: readonly Row[] = rows,
  table: TableInfo = info,
  positive?: Exclude<Value, null>,
): Promise<readonly Check[]> {
  const declared = columns.map(({ name, type }) => sql`${identifier(name)} ${SQL_TYPES[type]}`);
  await session.rows(sql`CREATE OR REPLACE TABLE t (${joinSql(declared, ', ')})`);
  for (const row of of) {
    const cells = columns.map(({ name }) => literal(row[name] ?? null));
    await session.rows(sql`INSERT INTO t VALUES (${joinSql(cells, ', ')})`);
  }
  const numbered = sql`(SELECT *, rowid AS ${ROW} FROM t)`;
  const base = {
    info: table,
    table: async () => ({ from: sql`t`, numbered, key: 'id' }),
    linesOf: async (rows: readonly number[]) => new Map(rows.map((row) => [row, { line: row + 2 }])),
  };
  const engine = new DuckDbAnswerer(session, base);
  const contract = { columns, key: 'id', label: 'y', ...(positive === undefined ? {} : { positive }) };
  return judgeTable('data.train', { table, engine, dialect: DUCKDB, tools: TOOLS }, compileTable(inputs, contract));
}

async function one(type: string, kwargs: Readonly<Record<string, unknown>>): Promise<Check> {
  const check = (await judge([{ type, kwargs }])).at(-1);
  if (check === undefined) throw new Error('no check');
  return check;
}

type Case = readonly [type: string, kwargs: Readonly<Record<string, unknown>>, verdict: string, reason: string];

const cases: readonly Case[] = [
  ['expect_column_values_to_not_be_null', { column: 'n' }, 'fail', 'n: 1 of 5 values are missing (first at id K4)'],
  ['expect_column_values_to_not_be_null', { column: 'n', mostly: 0.8 }, 'pass', '; at least 80 % must be right'],
  ['expect_column_values_to_be_null', { column: 'n' }, 'fail', 'n: 4 of 5 values are not missing (first: 1 at id K0)'],
  [
    'expect_column_values_to_be_in_set',
    { column: 'c', value_set: ['a', 'bb'] },
    'fail',
    'c: 1 of 4 values are not in the set (first: "ccc" at id K3)',
  ],
  ['expect_column_values_to_be_in_set', { column: 'c', value_set: ['a', 'bb'], mostly: 0.75 }, 'pass', '1 of 4'],
  ['expect_column_values_to_be_in_set', { column: 'c', value_set: ['a', 'bb'], mostly: 0.76 }, 'fail', '1 of 4'],
  [
    'expect_column_values_to_not_be_in_set',
    { column: 'c', value_set: ['bb'] },
    'fail',
    'c: 1 of 4 values are in the forbidden set',
  ],
  [
    'expect_column_values_to_be_between',
    { column: 'n', min_value: 1, max_value: 4 },
    'pass',
    'n: all 4 values are between 1 and 4',
  ],
  [
    'expect_column_values_to_be_between',
    { column: 'n', min_value: 1, strict_min: true },
    'fail',
    '1 of 4 values are not above 1',
  ],
  [
    'expect_column_values_to_be_between',
    { column: 'n', max_value: 4, strict_max: true },
    'fail',
    '(first: 4 at id K3)',
  ],
  [
    'expect_column_values_to_be_between',
    { column: 'd', min_value: '2024-01-01' },
    'fail',
    '(first: "2023-12-31" at id K3)',
  ],
  [
    'expect_column_values_to_match_regex',
    { column: 'c', regex: '^[ab]+$' },
    'fail',
    'do not match ^[ab]+$ (first: "ccc"',
  ],
  [
    'expect_column_values_to_be_of_type',
    { column: 'm', type_: 'INTEGER' },
    'pass',
    'm: all 5 values are of type INTEGER',
  ],
  ['expect_column_values_to_be_of_type', { column: 'n', type_: 'INTEGER' }, 'fail', '4 of 4'],
  ['expect_column_values_to_be_of_type', { column: 'c', type_: 'int64' }, 'fail', '4 of 4'],
  [
    'expect_column_value_lengths_to_be_between',
    { column: 'c', max_value: 2 },
    'fail',
    'do not have a length at most 2',
  ],
  [
    'expect_column_values_to_be_unique',
    { column: 'c' },
    'fail',
    'c: 2 of 4 values are not unique (first: "a" at id K0)',
  ],
  ['expect_column_values_to_be_unique', { column: 'n' }, 'pass', 'n: all 4 values are unique'],
  [
    'expect_compound_columns_to_be_unique',
    { column_list: ['c', 'y'] },
    'fail',
    'c + y: 2 of 5 values are not unique together',
  ],
  [
    'expect_compound_columns_to_be_unique',
    { column_list: ['c', 'm'] },
    'pass',
    'c + m: all 5 values are unique together',
  ],
  [
    'expect_column_values_to_not_be_in_set',
    { column: 'c', value_set: ['z'] },
    'pass',
    'c: none of 4 values are in the forbidden set',
  ],
  ['expect_column_values_to_match_regex', { column: 'c', regex: '^[abc]+$' }, 'pass', 'c: all 4 values match ^[abc]+$'],
  ['expect_column_values_to_not_be_null', { column: 'id' }, 'pass', 'id: none of 5 values are missing'],
  [
    'expect_column_distinct_values_to_be_in_set',
    { column: 'c', value_set: ['a', 'bb', 'ccc'] },
    'pass',
    'c: all 3 distinct values are in the set',
  ],
  ['expect_column_mean_to_be_between', { column: 'n', min_value: 2.5, max_value: 2.5 }, 'pass', 'n: mean is 2.5'],
  [
    'expect_column_mean_to_be_between',
    { column: 'n', max_value: 2.4 },
    'fail',
    'n: mean is 2.5; it must be at most 2.4',
  ],
  ['expect_column_median_to_be_between', { column: 'm', min_value: 1, max_value: 1 }, 'pass', 'm: median is 1'],
  [
    'expect_column_stdev_to_be_between',
    { column: 'n', min_value: 1.29, max_value: 1.291 },
    'pass',
    'standard deviation is 1.29099',
  ],
  ['expect_column_sum_to_be_between', { column: 'm', min_value: 14 }, 'fail', 'm: sum is 13'],
  ['expect_column_min_to_be_between', { column: 'd', min_value: '2024-01-01' }, 'fail', 'd: minimum is "2023-12-31"'],
  ['expect_column_max_to_be_between', { column: 'm', max_value: 9 }, 'pass', 'm: maximum is 9'],
  [
    'expect_column_unique_value_count_to_be_between',
    { column: 'c', min_value: 4 },
    'fail',
    'number of distinct values is 3',
  ],
  [
    'expect_column_proportion_of_unique_values_to_be_between',
    { column: 'c', min_value: 0.75, max_value: 0.75 },
    'pass',
    'share of distinct values is 0.75',
  ],
  [
    'expect_column_distinct_values_to_be_in_set',
    { column: 'c', value_set: ['a', 'bb'] },
    'fail',
    'c: 1 of 3 distinct values are not in the set (first: "ccc")',
  ],
  [
    'expect_column_pair_values_a_to_be_greater_than_b',
    { column_A: 'n', column_B: 'm', or_equal: true },
    'fail',
    'n > m: 2 of 5 values are not greater or equal (first: [4,9] at id K3)',
  ],
  [
    'expect_column_pair_values_a_to_be_greater_than_b',
    { column_A: 'n', column_B: 'm', ignore_row_if: 'either_value_is_missing', mostly: 0.5 },
    'pass',
    '2 of 4',
  ],
  ['expect_column_to_exist', { column: 'q' }, 'fail', 'q: there is no such column (id, n, m, c, d, y)'],
  ['expect_column_to_exist', { column: 'n', column_index: 1 }, 'pass', 'exists'],
  ['expect_column_to_exist', { column: 'n', column_index: 2 }, 'fail', 'is column 1, expected at 2'],
  [
    'expect_table_columns_to_match_ordered_list',
    { column_list: ['id', 'm', 'n', 'c', 'd', 'y'] },
    'fail',
    'columns: column 2 is "n", expected is "m"',
  ],
  ['expect_table_row_count_to_be_between', { min_value: 6 }, 'fail', 'row count is 5; it must be at least 6'],
  ['expect_table_row_count_to_be_between', { min_value: 5, max_value: 5 }, 'pass', 'row count is 5'],
];

test.each(cases)('%s %j: %s', async (type, kwargs, verdict, reason) => {
  const check = await one(type, kwargs);
  expect([check.verdict, check.reason]).toEqual([verdict, expect.stringContaining(reason)]);
  expect(check.reason).toMatch(/^train\.csv: /);
});

test('evidence is shaped as Great Expectations shapes it', async () => {
  const { evidence } = await one('expect_column_values_to_be_in_set', { column: 'c', value_set: ['a'] });
  expect(evidence).toEqual({
    success: false,
    expectation_config: { type: 'expect_column_values_to_be_in_set', kwargs: { column: 'c', value_set: ['a'] } },
    result: {
      element_count: 5,
      missing_count: 1,
      missing_percent: 20,
      unexpected_count: 2,
      unexpected_percent: 50,
      unexpected_percent_total: 40,
      unexpected_percent_nonmissing: 50,
      partial_unexpected_list: ['bb', 'ccc'],
      partial_unexpected_counts: [
        { value: 'bb', count: 1 },
        { value: 'ccc', count: 1 },
      ],
      partial_unexpected_keys: ['K1', 'K3'],
    },
    source: expect.stringContaining('value counts'),
  });
});

test('at most 20 examples are kept', async () => {
  const many = Array.from({ length: 50 }, (_, i) => ({
    id: `K${i}`,
    n: i,
    m: i,
    c: 'x',
    d: null,
    y: 0,
  }));
  const checks = await judge(
    [{ type: 'expect_column_values_to_be_in_set', kwargs: { column: 'c', value_set: ['a'] } }],
    many,
  );
  expect(checks.at(-1)?.evidence).toMatchObject({
    result: { unexpected_count: 50, partial_unexpected_list: Array(20).fill('x') },
  });
});

describe('without asking', () => {
  const verdicts = (checks: readonly Check[]) => Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));

  test('columns, types, key and label are checked', async () => {
    expect(verdicts(await judge([]))).toEqual({
      'data.train.schema': 'pass',
      'data.train.types': 'pass',
      'data.train.id.not_null': 'pass',
      'data.train.id.unique': 'pass',
      'data.train.y.not_null': 'pass',
    });
  });

  test('a null and a repeated key, and a missing label, fail', async () => {
    const bad = rows.map((row, i) => {
      const changes: Record<string, Value> = i === 0 ? { id: null } : i === 2 ? { id: 'K1', y: null } : {};
      return { ...row, ...changes };
    });
    const checks = await judge([], bad);
    expect(checks.filter(({ verdict }) => verdict === 'fail').map(({ reason }) => reason)).toEqual([
      'train.csv: id: 1 of 5 values are missing (first at line 2)',
      'train.csv: id: 2 of 4 values are not unique (first: "K1" at id K1)',
      'train.csv: y: 1 of 5 values are missing (first at id K1)',
    ]);
  });

  test('a value that cannot be read as declared fails with the key of its row, and no mean is told', async () => {
    const first = { text: ' ', row: 1, line: 2, key: 'K0' };
    const table = { ...info, unreadable: [{ column: 'n', type: 'number' as const, count: 1, first }] };
    const checks = await judge(
      [{ type: 'expect_column_mean_to_be_between', kwargs: { column: 'n', min_value: 0 } }],
      rows,
      table,
    );
    expect(checks[1]?.reason).toBe('train.csv: n: 1 of 5 values cannot be read as number (first: " " at id K0)');
    expect(checks.at(-1)).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('n: cannot be told') });
  });

  test('a missing, a strange and a moved column fail', async () => {
    const found = ['id', 'm', 'n', 'c', 'y', 'z'].map((name) => ({ name, type: 'string', stored: 'VARCHAR' }) as const);
    const inputs = [{ type: 'expect_column_values_to_be_null', kwargs: { column: 'd' } }];
    const checks = await judge(inputs, rows, { ...info, columns: found });
    expect(checks[0]).toMatchObject({
      verdict: 'fail',
      reason: 'train.csv: columns differ from dataset.columns: missing d; not expected z',
    });
    expect(checks.at(-1)).toMatchObject({ verdict: 'fail', reason: 'train.csv: d: there is no such column' });
  });

  test('no rows is no pass', async () => {
    const checks = await judge([], []);
    expect(checks.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'fail',
      'inconclusive',
      'inconclusive',
      'inconclusive',
    ]);
  });
});

test('a column without values is inconclusive', async () => {
  const empty = rows.map((row) => ({ ...row, n: null }));
  const checks = await judge(
    [
      { type: 'expect_column_values_to_be_between', kwargs: { column: 'n', min_value: 0 } },
      { type: 'expect_column_mean_to_be_between', kwargs: { column: 'n', min_value: 0 } },
    ],
    empty,
  );
  expect(checks.slice(-2).map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive']);
});

test('the same expectation twice has two ids', async () => {
  const twice = { type: 'expect_column_values_to_be_between', kwargs: { column: 'n', min_value: 0 } };
  const ids = (await judge([twice, twice])).map(({ id }) => id);
  expect(ids.slice(-2)).toEqual(['data.train.n.between', 'data.train.n.between.2']);
});

describe('a binary label', () => {
  const label = async (positive: Exclude<Value, null>, of: readonly Row[]) =>
    (await judge([], of, info, positive)).find(({ id }) => id === 'data.train.label');

  test('passes with both classes, and says how many are positive', async () => {
    expect(await label(1, rows)).toMatchObject({ verdict: 'pass', reason: 'train.csv: y: 2 of 5 rows are 1' });
  });

  test('fails when no row or every row is positive', async () => {
    expect(await label(7, rows)).toMatchObject({
      verdict: 'fail',
      reason: 'train.csv: y: no row is 7 (dataset.positive); found 0, 1',
    });
    const ones = rows.map((row) => ({ ...row, y: 1 }));
    expect(await label(1, ones)).toMatchObject({
      verdict: 'fail',
      reason: 'train.csv: y: every row is 1; both classes are needed',
    });
  });

  test('is inconclusive without any label', async () => {
    const none = rows.map((row) => ({ ...row, y: null }));
    expect((await label(1, none))?.verdict).toBe('inconclusive');
  });
});
