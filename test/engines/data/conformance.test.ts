import { checkExpectation, compileTable } from '../../../lib/core/data/compile';
import { judgeTable } from '../../../lib/core/data/judge';
import { ROW } from '../../../lib/core/data/sql';
import { sql } from '../../../lib/core/sql/sql';
import type { Verdict } from '../../../lib/core/verdict';
import { type CaseTable, caseBase } from '../../../lib/engines/data/conformance/case-table';
import { duckDbCase, judgeCases, runCase } from '../../../lib/engines/data/conformance/run-case';
import { TOOLS } from '../../../lib/engines/data/tools';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

/** What Great Expectations 0.18.22 and 1.24 answer; found by `scripts/reference/gx_cases.py`. */
const data: CaseTable['data'] = {
  i: [5, 3, null, 3],
  j: [5, 4, null, 1],
  t: ['5', 'x', null, '3'],
  s: ['日本', 'a b', '', null],
  js: ['NaN', 'nan', '{"a": Infinity}', '{"nan": 1}'],
  one: [2, null, null, null],
  none: [null, null, null, null],
  nan: [1, Number.NaN, 2, 3],
};

let session: DuckDbSession;

beforeAll(async () => {
  session = await DuckDbSession.open({ threads: 1 });
});
afterAll(() => session.close());

type Kwargs = Readonly<Record<string, unknown>>;
type Row = readonly [type: string, kwargs: Kwargs, success: boolean, rest?: Kwargs];

const ANSWERS: readonly Row[] = [
  ['column_mean_to_be_between', { column: 'i', min_value: 5, max_value: 2 }, false, { observed_value: 11 / 3 }],
  ['column_value_lengths_to_be_between', { column: 't', min_value: 1, max_value: 0 }, false],
  ['column_value_lengths_to_equal', { column: 't', value: 1.5 }, false],
  ['column_distinct_values_to_be_in_set', { column: 'i', value_set: [] }, true],
  ['column_distinct_values_to_contain_set', { column: 'i', value_set: [3, null] }, false],
  ['column_distinct_values_to_equal_set', { column: 'i', value_set: [3, 5, null] }, false],
  ['column_values_to_be_in_set', { column: 'i', value_set: null }, true],
  ['column_values_to_not_be_in_set', { column: 'i', value_set: [3, null] }, false, { unexpected_list: [3, 3] }],
  [
    'column_pair_values_a_to_be_greater_than_b',
    { column_A: 'i', column_B: 'j', or_equal: true, ignore_row_if: 'neither' },
    false,
    { unexpected_list: [[3, 4]] },
  ],
  ['column_pair_values_to_be_equal', { column_A: 'i', column_B: 't' }, false, { unexpected_list: [[3, 'x']] }],
  ['column_values_to_match_regex', { column: 's', regex: '^\\w+$' }, false, { unexpected_list: ['a b', ''] }],
  ['column_values_to_not_match_regex', { column: 's', regex: '\\b本' }, true, { unexpected_list: [] }],
  ['column_values_to_be_json_parseable', { column: 'js' }, false, { unexpected_list: ['nan'] }],
  ['column_values_to_match_json_schema', { column: 'js', json_schema: { type: ['number', 'object'] } }, false],
  ['column_values_to_match_json_schema', { column: 's', json_schema: {}, mostly: 0 }, true],
  ['column_value_z_scores_to_be_less_than', { column: 'one', threshold: 1, double_sided: true }, true],
  ['column_proportion_of_unique_values_to_be_between', { column: 'none', max_value: 1 }, true, { observed_value: 0 }],
  ['column_mean_to_be_between', { column: 'nan', min_value: 2, max_value: 2 }, true, { observed_value: 2 }],
  ['table_columns_to_match_set', { column_set: [], exact_match: null }, true],
  ['table_columns_to_match_set', { column_set: null }, false],
  ['table_columns_to_match_set', { column_set: null, exact_match: false }, true],
];

const rows = ANSWERS.map(([name, kwargs, success, rest]) => ({ name, kwargs, success, rest }));

test.each(rows)('expect_$name $kwargs: $success', async ({ name, kwargs, success, rest }) => {
  const base = await caseBase(session, { data });
  const out = { success, ...rest };
  expect(await runCase(duckDbCase(session, base), `expect_${name}`, { title: '', in: kwargs, out })).toBeUndefined();
});

const REFUSED: readonly (readonly [type: string, kwargs: Kwargs, problem: RegExp])[] = [
  ['column_values_to_be_in_set', { column: 'i' }, /value_set is missing/],
  ['column_distinct_values_to_equal_set', { column: 'i', value_set: null }, /value_set is missing/],
  ['column_values_to_be_in_set', { column: 'i', value_set: [[1]] }, /entry \[1\] .*is a text, a number/],
  ['column_values_to_match_regex_list', { column: 's', regex_list: [] }, /at least one regex/],
  ['column_values_to_match_like_pattern_list', { column: 's', like_pattern_list: [] }, /At least one like_pattern/],
  ['compound_columns_to_be_unique', { column_list: ['i'] }, /at least two columns/],
  [
    'column_pair_values_to_be_equal',
    { column_A: 'i', column_B: 'j', ignore_row_if: 'never' },
    /ignore_row_if is one of/,
  ],
  [
    'column_quantile_values_to_be_between',
    { column: 'i', quantile_ranges: { quantiles: [], value_ranges: [] } },
    /no quan/,
  ],
  ['column_values_to_match_regex', { column: 's', regex: '(?x) a' }, /the flag x/],
];

test.each(REFUSED)('expect_%s %j is refused', (name, kwargs, problem) => {
  expect(checkExpectation({ type: `expect_${name}`, kwargs }, []).join('\n')).toMatch(problem);
});

/** `success` is Great Expectations'; what asks for nothing, or of nothing, is no evidence. */
const VERDICTS: readonly (readonly [type: string, kwargs: Kwargs, verdict: Verdict])[] = [
  ['expect_column_values_to_be_in_set', { column: 'i', value_set: null }, 'inconclusive'],
  ['expect_column_distinct_values_to_be_in_set', { column: 'i', value_set: [] }, 'inconclusive'],
  ['expect_column_pair_values_to_be_in_set', { column_A: 'i', column_B: 'j', value_pairs_set: null }, 'inconclusive'],
  ['expect_column_mean_to_be_between', { column: 'i' }, 'inconclusive'],
  ['expect_table_row_count_to_be_between', {}, 'inconclusive'],
  ['expect_column_values_to_be_in_type_list', { column: 'i', type_list: [] }, 'inconclusive'],
  ['expect_column_kl_divergence_to_be_less_than', { column: 'i', threshold: 1 }, 'inconclusive'],
  ['expect_column_value_z_scores_to_be_less_than', { column: 'one', threshold: 1 }, 'inconclusive'],
  ['expect_column_unique_value_count_to_be_between', { column: 'none', max_value: 3 }, 'inconclusive'],
  ['expect_table_columns_to_match_ordered_list', { column_list: null }, 'inconclusive'],
];

test.each(VERDICTS)('%s %j is %s', async (type, kwargs, verdict) => {
  const engine = duckDbCase(session, await caseBase(session, { data }));
  const [check] = await judgeTable('', { ...engine, tools: TOOLS }, compileTable([{ type, kwargs }]));
  expect([check?.verdict, check?.evidence?.success]).toEqual([verdict, true]);
});

describe('numbers at the edges of their types', () => {
  const huge: CaseTable['data'] = {
    '#rows': [1, 1, 2],
    f: [1e308, -1e308, 0],
    long: ['x'.repeat(1_000_000), 'y', 'z'],
  };

  test('deviations and quantiles of great doubles are finite; names of columns are the file’s own', async () => {
    const engine = duckDbCase(session, await caseBase(session, { data: huge }));
    const judge = async (type: string, kwargs: Kwargs) => (await judgeCases(engine, type, [kwargs]))[0];
    const deviation = await judge('expect_column_stdev_to_be_between', {
      column: 'f',
      min_value: 0,
      max_value: 1.1e308,
    });
    expect([deviation?.success, deviation?.result.observed_value]).toEqual([true, 1e308]);
    const ranges = { quantiles: [0.25], value_ranges: [[-1e308, 0]] };
    const quantile = await judge('expect_column_quantile_values_to_be_between', {
      column: 'f',
      quantile_ranges: ranges,
    });
    expect(quantile?.result.observed_value).toEqual({ quantiles: [0.25], values: [-5e307] });
    const counted = await judge('expect_column_values_to_not_be_null', { column: '#rows' });
    expect(counted?.result.element_count).toBe(3);
    const filtered = await judge('expect_column_max_to_be_between', {
      column: 'f',
      max_value: 0,
      row_condition: '`#rows` > 1',
    });
    expect([filtered?.success, filtered?.result.element_count]).toEqual([true, 1]);
  });

  test('whole numbers beyond 2^53 keep their digits', async () => {
    await session.rows(sql`CREATE TABLE far (k BIGINT, n INTEGER)`);
    await session.rows({
      text: 'INSERT INTO far VALUES (9007199254740993, 2147483647), (9007199254740995, 1)',
    } as never);
    const columns = [
      { name: 'k', type: 'integer', stored: 'BIGINT' },
      { name: 'n', type: 'integer', stored: 'INTEGER' },
    ] as const;
    const engine = duckDbCase(session, {
      info: { name: 'far', columns },
      table: async () => ({ from: sql`far`, numbered: sql`(SELECT *, rowid AS ${ROW} FROM far)` }),
      linesOf: async () => new Map(),
    });
    const judge = async (type: string, kwargs: Kwargs) => (await judgeCases(engine, type, [kwargs]))[0];
    const max = await judge('expect_column_max_to_be_between', { column: 'k', max_value: 9007199254740994 });
    expect([max?.success, max?.result.observed_value]).toEqual([false, '9007199254740995']);
    expect(
      (await judge('expect_column_min_to_be_between', { column: 'k', min_value: 9007199254740992 }))?.success,
    ).toBe(true);
    const sum = await judge('expect_multicolumn_sum_to_equal', {
      column_list: ['n', 'n'],
      sum_total: 4294967294,
      mostly: 0.5,
    });
    expect([sum?.exception, sum?.success]).toEqual([undefined, true]);
  });

  test('a reason is a line for people, whatever the value', async () => {
    const engine = duckDbCase(session, await caseBase(session, { data: huge }));
    const inputs = [{ type: 'expect_column_value_lengths_to_be_between', kwargs: { column: 'long', max_value: 10 } }];
    const [check] = await judgeTable('', { ...engine, tools: TOOLS }, compileTable(inputs));
    expect(check?.verdict).toBe('fail');
    expect(check?.reason.length).toBeLessThan(650);
  });
});
