import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ExpectationInput, TableContract } from '../../../lib/core/data/compile';
import type { Check } from '../../../lib/core/report/report';
import { judgeFiles } from '../../../lib/engines/data/gate';

const folder = mkdtempSync(join(tmpdir(), 'assay-data-census-'));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;

/** Judged by a census, where one can be taken, and as a table in memory. */
async function both(text: string | Buffer, expectations: readonly ExpectationInput[], contract?: TableContract) {
  written += 1;
  const name = `table-${written}.csv`;
  const path = join(folder, name);
  writeFileSync(path, text);
  const judge = async (inMemoryBytes: number) => {
    const input = { prefix: 'data', name, files: [path], expectations, inMemoryBytes };
    try {
      return await judgeFiles(contract === undefined ? input : { ...input, contract }, { threads: 2 });
    } catch (error) {
      return (error as Error).message;
    }
  };
  return { counted: await judge(0), read: await judge(Number.POSITIVE_INFINITY) };
}

/** What must not depend on where an answer comes from. */
const withoutSources = (checks: readonly Check[] | string): unknown =>
  typeof checks === 'string'
    ? checks
    : checks.map(({ evidence, ...check }) => ({ ...check, evidence: { ...evidence, source: undefined } }));

const sourcesOf = (checks: readonly Check[] | string): readonly unknown[] =>
  typeof checks === 'string' ? [] : checks.map(({ evidence }) => (evidence as { source?: string } | undefined)?.source);

const column = (name: string, type: string, kwargs: object = {}): ExpectationInput => ({
  type: `expect_column_${type}`,
  kwargs: { column: name, ...kwargs },
});

const SUITE: readonly ExpectationInput[] = [
  { type: 'expect_table_row_count_to_be_between', kwargs: { min_value: 1 } },
  column('id', 'values_to_not_be_null'),
  column('id', 'values_to_be_unique'),
  column('id', 'max_to_be_between', { min_value: 0 }),
  column('amount', 'values_to_not_be_null', { mostly: 0.5 }),
  column('amount', 'mean_to_be_between', { min_value: 0 }),
  column('amount', 'stdev_to_be_between', { min_value: 0 }),
  column('amount', 'quantile_values_to_be_between', {
    quantile_ranges: {
      quantiles: [0.1, 0.5, 0.9],
      value_ranges: [
        [-10, 10],
        [-5, 20],
        [0, null],
      ],
    },
  }),
  column('plan', 'values_to_be_in_set', { value_set: ['a', 'b', 'a plan with a long name'], mostly: 0.4 }),
  column('plan', 'values_to_match_regex', { regex: '^[a-z ]+$' }),
  column('plan', 'unique_value_count_to_be_between', { max_value: 5 }),
  column('plan', 'most_common_value_to_be_in_set', { value_set: ['a'] }),
  column('flag', 'values_to_be_in_set', { value_set: [true] }),
];

/** @param id of a row */
const table = (rows: number, id: (row: number) => string | number = (row) => row * 7): string =>
  `id,amount,plan,flag\n${Array.from({ length: rows }, (_, row) =>
    [id(row), row % 11 === 0 ? '' : (row % 19) / 4, ['a', 'b', 'a plan with a long name'][row % 3], row % 4 === 0].join(
      ',',
    ),
  ).join('\n')}\n`;

describe('checks of a table that was counted as text', () => {
  it('are those of the table itself', async () => {
    const { counted, read } = await both(table(1_500), SUITE);
    expect(withoutSources(counted)).toEqual(withoutSources(read));
    expect(sourcesOf(counted)).not.toContain('scan');
    expect(sourcesOf(counted)[2]).toBe('value counts, key check');
  });

  it.each([
    ['repeated keys', table(1_500, (row) => (row === 1_499 ? 0 : row * 7))],
    ['keys with leading zeros, two of which are equal', table(1_500, (row) => (row === 1_499 ? '007' : row * 7))],
    ['missing keys', table(1_500, (row) => (row % 50 === 0 ? '' : row))],
    ['a key that is none', table(1_500, (row) => (row === 1_234 ? 'x' : row))],
    ['an amount that is none', `${table(1_500)}5,many,a,true\n`],
    ['an amount that is not a number', `${table(1_500)}500000,nan,a,true\n500001,NaN,b,false\n`],
    ['a quoted value', `${table(1_500)}500000,1,"a",true\n`],
    ['a damaged record', `${table(1_500)}500000,1\n`],
    ['invalid UTF-8', Buffer.from(`${table(1_500)}500000,1,\xff,true\n`, 'latin1')],
    ['no row', 'id,amount,plan,flag\n'],
    ['other line ends', table(1_500).replaceAll('\n', '\r\n')],
    ['a byte order mark', `\u{feff}${table(1_500)}`],
    ['spaces around numbers', `${table(1_500)}500000, 2 ,a,true\n`],
  ])('are those of the table itself with %s', async (_what, text) => {
    const { counted, read } = await both(text, SUITE);
    expect(withoutSources(counted)).toEqual(withoutSources(read));
  });

  it('show rows that break an expectation, by key and line', async () => {
    const failing = [
      column('plan', 'values_to_be_in_set', { value_set: ['a'] }),
      column('amount', 'values_to_be_between', { max_value: 2 }),
      { type: 'expect_column_pair_values_a_to_be_greater_than_b', kwargs: { column_A: 'id', column_B: 'amount' } },
    ];
    const { counted, read } = await both(table(2_000), failing);
    expect(withoutSources(counted)).toEqual(withoutSources(read));
    expect(JSON.stringify(counted)).toContain('first: \\"b\\" at line 3');
  });

  it('are those of declared types', async () => {
    const contract: TableContract = {
      columns: [
        { name: 'id', type: 'string' },
        { name: 'amount', type: 'number' },
        { name: 'plan', type: 'string' },
        { name: 'flag', type: 'boolean' },
      ],
      key: 'id',
      label: 'flag',
      positive: true,
    };
    for (const text of [
      table(1_500),
      `${table(1_500)}5,many,a,true\n`,
      table(1_500, (row) => (row > 1_490 ? '' : row)),
    ]) {
      const { counted, read } = await both(text, [column('amount', 'mean_to_be_between', { min_value: 0 })], contract);
      expect(withoutSources(counted)).toEqual(withoutSources(read));
    }
  });

  it('are those of any table', async () => {
    const cell = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('', '1', '2', '3.5', '-4', '1e3', '007', 'true', 'False', 'a', 'é b', '2024-02-29'),
      },
      { weight: 1, arbitrary: fc.constantFrom('"q"', '"a,b"', ' 1', 'nan', '9007199254740993', 'x'.repeat(40)) },
    );
    const rows = fc.array(fc.tuple(fc.nat(5_000), cell, cell, cell), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(rows, async (records) => {
        const text = `id,amount,plan,flag\n${records.map((fields) => `${fields.join(',')}\n`).join('')}`;
        const { counted, read } = await both(text, SUITE);
        expect(withoutSources(counted)).toEqual(withoutSources(read));
      }),
      { numRuns: 8 },
    );
  }, 20_000);
});
