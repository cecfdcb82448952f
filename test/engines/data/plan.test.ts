import fc from 'fast-check';
import { compileTable, type ExpectationInput } from '../../../lib/core/data/compile';
import { judgeTable } from '../../../lib/core/data/judge';
import { ROW } from '../../../lib/core/data/sql';
import type { ColumnType } from '../../../lib/core/data/table';
import type { Check } from '../../../lib/core/report/report';
import { DUCKDB } from '../../../lib/core/sql/dialect';
import { identifier, joinSql, literal, type Sql, sql } from '../../../lib/core/sql/sql';
import { DuckDbAnswerer } from '../../../lib/engines/data/answerer';
import { TOOLS } from '../../../lib/engines/data/tools';
import { DuckDbSession } from '../../../lib/engines/duckdb/session';

type Cell = number | string | boolean | null;
interface Table {
  readonly i: readonly (number | null)[];
  readonly x: readonly (number | null)[];
  readonly s: readonly (string | null)[];
  readonly b: readonly (boolean | null)[];
}

const TYPES: readonly (readonly [keyof Table, ColumnType, Sql])[] = [
  ['i', 'integer', sql`BIGINT`],
  ['x', 'number', sql`DOUBLE`],
  ['s', 'string', sql`VARCHAR`],
  ['b', 'boolean', sql`BOOLEAN`],
];

const SUITE: readonly ExpectationInput[] = [
  { type: 'expect_table_row_count_to_be_between', kwargs: { min_value: 3 } },
  ...['i', 'x', 's', 'b'].flatMap((column) => [
    { type: 'expect_column_values_to_not_be_null', kwargs: { column, mostly: 0.8 } },
    { type: 'expect_column_values_to_be_unique', kwargs: { column, mostly: 0.5 } },
    { type: 'expect_column_unique_value_count_to_be_between', kwargs: { column, max_value: 8 } },
    { type: 'expect_column_most_common_value_to_be_in_set', kwargs: { column, value_set: [1, 'a', true] } },
    { type: 'expect_column_min_to_be_between', kwargs: { column } },
  ]),
  ...['i', 'x', 'b'].flatMap((column) => [
    { type: 'expect_column_mean_to_be_between', kwargs: { column, max_value: 1 } },
    { type: 'expect_column_sum_to_be_between', kwargs: { column, max_value: 10 } },
    { type: 'expect_column_stdev_to_be_between', kwargs: { column, max_value: 3 } },
    { type: 'expect_column_median_to_be_between', kwargs: { column, min_value: 0 } },
    { type: 'expect_column_value_z_scores_to_be_less_than', kwargs: { column, threshold: 1.5, double_sided: true } },
  ]),
  ...['i', 'x'].flatMap((column) => [
    { type: 'expect_column_values_to_be_between', kwargs: { column, min_value: -1, max_value: 5, mostly: 0.6 } },
    { type: 'expect_column_values_to_be_increasing', kwargs: { column, mostly: 0.5 } },
    {
      type: 'expect_column_quantile_values_to_be_between',
      kwargs: { column, quantile_ranges: { quantiles: [0, 0.1, 0.5, 0.95, 1], value_ranges: Array(5).fill([-1, 4]) } },
    },
    {
      type: 'expect_column_kl_divergence_to_be_less_than',
      kwargs: {
        column,
        threshold: 0.1,
        tail_weight_holdout: 0.1,
        partition_object: { bins: [-5, 0, 5], weights: [0.5, 0.5] },
      },
    },
  ]),
  { type: 'expect_column_values_to_match_regex', kwargs: { column: 's', regex: '^[ab]' } },
  { type: 'expect_column_values_to_match_regex', kwargs: { column: 's', regex: '^(?!b)' } },
  { type: 'expect_column_value_lengths_to_be_between', kwargs: { column: 's', max_value: 2 } },
  { type: 'expect_column_distinct_values_to_equal_set', kwargs: { column: 's', value_set: ['a', 'bb'] } },
  { type: 'expect_column_pair_values_to_be_equal', kwargs: { column_A: 'i', column_B: 'x', mostly: 0.3 } },
  { type: 'expect_compound_columns_to_be_unique', kwargs: { column_list: ['s', 'b'] } },
  { type: 'expect_column_mean_to_be_between', kwargs: { column: 'x', max_value: 1, row_condition: 'i > 0' } },
  { type: 'expect_column_median_to_be_between', kwargs: { column: 'x', max_value: 1, row_condition: 's == "a"' } },
  { type: 'expect_column_values_to_be_in_set', kwargs: { column: 'i', value_set: [1, 2], row_condition: 'i < 3' } },
];

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 5 });
const awkward = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0.1, 0.2, 0.3, -0, 1e16, -1e16, 1e-300, 5e-324, 1, 1 / 3),
);
const tables: fc.Arbitrary<Table> = fc.integer({ min: 0, max: 30 }).chain((size) => {
  const column = <T>(value: fc.Arbitrary<T>) => fc.array(optional(value), { minLength: size, maxLength: size });
  return fc.record({
    i: column(fc.integer({ min: -3, max: 6 })),
    x: column(awkward),
    s: column(fc.constantFrom('a', 'bb', 'ccc', '', "it's", 'é')),
    b: column(fc.boolean()),
  });
});

let one: DuckDbSession;
let two: DuckDbSession;
beforeAll(async () => {
  one = await DuckDbSession.open({ threads: 1 });
  two = await DuckDbSession.open({ threads: 2 });
});
afterAll(() => {
  one.close();
  two.close();
});

async function fill(session: DuckDbSession, table: Table): Promise<void> {
  const columns = TYPES.map(([name, , stored]) => sql`${identifier(name)} ${stored}`);
  await session.rows(sql`CREATE OR REPLACE TABLE t (${joinSql(columns, ', ')})`);
  const row = (at: number) =>
    sql`(${joinSql(
      TYPES.map(([name]) => literal((table[name][at] ?? null) as Cell)),
      ', ',
    )})`;
  if (table.i.length > 0)
    await session.rows(
      sql`INSERT INTO t VALUES ${joinSql(
        table.i.map((_, at) => row(at)),
        ', ',
      )}`,
    );
}

async function judge(session: DuckDbSession, strategy: 'plan' | 'scan', suite = SUITE): Promise<readonly Check[]> {
  const info = { name: 't', columns: TYPES.map(([name, type, stored]) => ({ name, type, stored: stored.text })) };
  const base = {
    info,
    table: async () => ({ from: sql`t`, numbered: sql`(SELECT *, rowid AS ${ROW} FROM t)` }),
    linesOf: async () => new Map(),
  };
  const engine = new DuckDbAnswerer(session, base, { strategy });
  return judgeTable('', { table: info, engine, dialect: DUCKDB, tools: TOOLS }, compileTable(suite));
}

/** What must not depend on where an answer comes from. */
const plain = (checks: readonly Check[]): readonly unknown[] =>
  checks.map(({ evidence = {}, ...check }) => ({ ...check, evidence: { ...evidence, source: '' } }));

test('evidence does not depend on the plan: one scan for all is one query for each', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      await fill(one, table);
      const planned = await judge(one, 'plan');
      expect(planned.filter(({ evidence }) => evidence !== undefined && 'exception_info' in evidence)).toEqual([]);
      expect(plain(planned)).toEqual(plain(await judge(one, 'scan')));
    }),
    { numRuns: 8, seed: 20250101 },
  );
}, 30_000);

describe('figures agree with their definitions', () => {
  const observed = (checks: readonly Check[]) =>
    checks.map(({ evidence }) => (evidence?.result as { observed_value?: unknown } | undefined)?.observed_value);
  const kwargs = { column: 'x' };
  const suite = ['mean', 'sum', 'stdev', 'median', 'min', 'max'].map((name) => ({
    type: `expect_column_${name}_to_be_between`,
    kwargs,
  }));

  test('against a naive implementation', async () => {
    const some = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(some, fc.constantFrom('plan' as const, 'scan' as const), async (x, strategy) => {
        const none = x.map(() => null);
        await fill(one, { i: none, x, s: none, b: none });
        const sum = x.reduce((all, value) => all + value, 0);
        const mean = sum / x.length;
        const deviation = Math.sqrt(x.reduce((all, value) => all + (value - mean) ** 2, 0) / (x.length - 1));
        const sorted = [...x].sort((a, b) => a - b);
        const middle = ((sorted[(x.length - 1) >> 1] ?? 0) + (sorted[x.length >> 1] ?? 0)) / 2;
        const wanted = [mean, sum, deviation, middle, sorted[0], sorted.at(-1)];
        const found = observed(await judge(one, strategy, suite));
        for (const [at, value] of wanted.entries()) {
          const scale = Math.max(1e-9, ...x.map(Math.abs));
          expect(Math.abs(Number(found[at]) - (value ?? 0)) / scale).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 25, seed: 7 },
    );
  }, 30_000);

  test('a small value survives large ones that cancel', async () => {
    const none = [null, null, null];
    await fill(one, { i: none, x: [1e16, 1, -1e16], s: none, b: none });
    expect(observed(await judge(one, 'plan', suite)).slice(0, 2)).toEqual([1 / 3, 1]);
  });
});

test('evidence is the same for one and for two threads, also where no value repeats', async () => {
  const rows = sql`SELECT CASE WHEN i % 7 = 0 THEN NULL ELSE i END AS i, (hash(i) % 1000003) / 977.0 - 0.1 * i AS x,
    'k' || (hash(i) % 50) AS s, i % 3 = 0 AS b FROM range(125000) AS r(i)`;
  const found = [];
  for (const session of [one, two]) {
    await session.rows(sql`CREATE OR REPLACE TABLE t AS ${rows}`);
    for (const strategy of ['plan', 'scan'] as const) found.push(plain(await judge(session, strategy)));
  }
  const [first, ...others] = found;
  for (const other of others) expect(other).toEqual(first);
}, 60_000);

test('a suite of more expectations than one statement takes is answered in parts, each by its own figure', async () => {
  await fill(one, { i: [5, 700], x: [1, 2], s: ['a', 'b'], b: [true, false] });
  const suite = Array.from({ length: 1000 }, (_, i): ExpectationInput => {
    return { type: 'expect_column_values_to_be_between', kwargs: { column: 'i', min_value: 0, max_value: i } };
  });
  const results = (await judge(one, 'plan', suite)).map(({ evidence }) => evidence?.result as Record<string, unknown>);
  const counts = results.map(({ unexpected_count }) => unexpected_count);
  expect(counts).toEqual(suite.map((_, max) => Number(max < 5) + Number(max < 700)));
}, 20_000);
