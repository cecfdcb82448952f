import { gzipSync } from 'node:zlib';
import type { ExpectationInput } from '../../../lib/core/data/compile';
import type { Column } from '../../../lib/core/data/table';
import { about, HEADER, judge, plain, write } from './large-text';

/** Answered by the pass alone when it passes. */
const COUNTED: readonly ExpectationInput[] = [
  { type: 'expect_table_row_count_to_be_between', kwargs: { min_value: 1 } },
  about('id', 'values_to_be_unique'),
  about('id', 'values_to_not_be_null', { mostly: 0.5 }),
  about('id', 'values_to_be_between', { min_value: 0, mostly: 0.5 }),
  about('n', 'mean_to_be_between', { min_value: 0, max_value: 100 }),
  about('n', 'stdev_to_be_between', { min_value: 0, max_value: 100 }),
  about('x', 'quantile_values_to_be_between', {
    quantile_ranges: {
      quantiles: [0.1, 0.5, 0.99],
      value_ranges: [
        [-100, 100],
        [-100, 100],
        [-100, 100],
      ],
    },
  }),
  about('x', 'values_to_not_be_null', { mostly: 0.5 }),
  about('s', 'values_to_match_regex', { regex: '^[a-z]', mostly: 0.1 }),
  about('s', 'unique_value_count_to_be_between', { min_value: 1, max_value: 100 }),
  about('b', 'values_to_be_in_set', { value_set: [true, false] }),
  about('n', 'values_to_be_between', { min_value: 0, mostly: 0.1, row_condition: 'b == true' }),
  {
    type: 'expect_column_pair_values_a_to_be_greater_than_b',
    kwargs: { column_A: 'id', column_B: 'n', mostly: 0.01, ignore_row_if: 'either_value_is_missing' },
  },
];

/** Needs rows, the order, or values of a column that does not repeat them. */
const COPIED: readonly ExpectationInput[] = [
  about('s', 'values_to_be_in_set', { value_set: ['zz'] }),
  about('id', 'max_to_be_between', { max_value: 1 }),
  about('n', 'values_to_be_increasing'),
  about('x', 'values_to_be_between', { min_value: 0 }),
  { type: 'expect_compound_columns_to_be_unique', kwargs: { column_list: ['n', 's'] } },
  { type: 'unexpected_rows_expectation', kwargs: { unexpected_rows_query: 'SELECT * FROM {batch} WHERE n < 2' } },
];

const SPECIAL = ['a', 'a long word that is not kept in place', '"say ""so"", twice"', '"one\ntwo"', 'é', '', 'NULL'];
/** Ids that differ, also between parts; some cells of all others are missing. */
const lines = (from: number, to: number, id = (i: number) => String(i * 7919)): string =>
  Array.from({ length: to - from }, (_, at) => {
    const i = from + at;
    const x = i % 11 === 0 ? '' : String(((i * 37) % 101) / 10 - 1);
    return `${id(i)},${i % 5 === 0 ? '' : i % 13},${x},${SPECIAL[i % 7]},${i % 3 === 0 ? 'true' : i % 4 === 0 ? '' : 'false'}\n`;
  }).join('');

const ROWS = 3_000;
const FILES: readonly (readonly [string, readonly string[]])[] = [
  ['CSV', [write('one.csv', HEADER + lines(0, ROWS))]],
  ['packed', [write('packed.csv.gz', gzipSync(HEADER + lines(0, ROWS)))]],
  ['several files', [write('a.csv', HEADER + lines(0, 1000)), write('b.csv', HEADER + lines(1000, ROWS))]],
  [
    'JSON lines',
    [
      write(
        'one.jsonl',
        Array.from(
          { length: ROWS },
          (_, i) =>
            `${JSON.stringify({ id: i * 7, n: i % 13, x: i % 11 === 0 ? null : i % 9, s: SPECIAL[i % 7], b: i % 3 === 0 })}\n`,
        ).join(''),
      ),
    ],
  ],
  ['ids that are missing', [write('gaps.csv', HEADER + lines(0, ROWS, (i) => (i % 3 === 0 ? '' : String(i))))]],
  ['ids that are text', [write('text.csv', HEADER + lines(0, ROWS, (i) => `"key ${i}"`))]],
  ['a header alone', [write('none.csv', HEADER)]],
  ['one row', [write('single.csv', HEADER + lines(1, 2))]],
];

/** What can be asked of columns that hold text here, or nothing. */
const comparable = (what: string, suite: readonly ExpectationInput[]): readonly ExpectationInput[] =>
  what === 'ids that are text' || what === 'a header alone'
    ? suite.filter(
        ({ type, kwargs }) =>
          !/between|increasing|greater|unexpected_rows/.test(type) ||
          !['id', 'n', 'x'].includes(String(kwargs?.column ?? 'id')),
      )
    : suite;

test.each(FILES)(
  '%s: nothing is copied for what can be counted, and evidence is that of a scan',
  async (what, files) => {
    const suite = comparable(what, COUNTED);
    const scanned = await judge(files, suite, { large: false });
    for (const threads of [1, 2]) {
      const counted = await judge(files, suite, { threads });
      expect(plain(counted)).toEqual(plain(scanned));
      expect(counted.copies).toBe(0);
    }
  },
);

const HOLDING = FILES.filter(([what]) => what !== 'a header alone');

test.each(HOLDING)('%s: what cannot be counted is asked of a copy', async (what, files) => {
  const suite = comparable(what, [...COUNTED, ...COPIED]);
  const [scanned, copied] = [await judge(files, suite, { large: false }), await judge(files, suite)];
  expect(plain(copied)).toEqual(plain(scanned));
  expect(copied.copies).toBe(1);
});

test('rows that are shown are those of the file; only their columns are copied, and all when that is not enough', async () => {
  const shown = [...COUNTED, about('s', 'values_to_be_in_set', { value_set: ['a'] })];
  const more = [...shown, about('n', 'value_z_scores_to_be_less_than', { threshold: 0.1, double_sided: true })];
  for (const suite of [shown, more]) {
    const [scanned, copied] = [await judge(['one.csv'], suite, { large: false }), await judge(['one.csv'], suite)];
    expect(plain(copied)).toEqual(plain(scanned));
    expect(copied.checks.filter(({ verdict }) => verdict === 'fail')).toHaveLength(suite.length - COUNTED.length);
    expect(copied.copies).toBe(1);
  }
});

describe('files that are no table', () => {
  const good = lines(0, 3000);
  test.each([
    ['a row with a field too many', `${HEADER}${good}9,1,1,a,true,7\n`, /bad\.csv:\d+: has 6 fields, the header has 5/],
    ['a quote that is not closed', `${HEADER}${good}9,1,1,"a,true\n`, /bad\.csv:\d+: /],
  ])('%s: is told with its line, whatever is asked', async (_what, content, message) => {
    for (const suite of [COUNTED, COUNTED.slice(0, 1), COPIED]) await same(content, suite, message);
  });

  test.each([
    ['no number', `${HEADER}${good}9,1,many,a,true\n`, /bad\.csv:\d+: x is "many", which is no number/],
    ['a fraction', `${HEADER}${good}9,1.5,1,a,true\n`, /bad\.csv:\d+: n is "1\.5", which is no integer/],
  ])(
    '%s in a column: is told with its line, also where nothing is asked about its values',
    async (_what, content, message) => {
      const typed = ['n', 'x'].map((column) => about(column, 'values_to_be_of_type', { type_: 'BIGINT' }));
      const types = [
        { name: 'n', type: 'integer' },
        { name: 'x', type: 'number' },
      ] as const;
      await same(content, [about('b', 'values_to_be_in_set', { value_set: [true, false] }), ...typed], message, types);
    },
  );

  async function same(
    content: string,
    suite: readonly ExpectationInput[],
    message: RegExp,
    types?: readonly Column[],
  ): Promise<void> {
    const file = write('bad.csv', content);
    const told = (large: boolean) =>
      judge([file], suite, { large, ...(types === undefined ? {} : { types }) }).then(() => 'nothing', String);
    const error = await told(true);
    expect(error).toMatch(message);
    expect(error).toBe(await told(false));
  }
});
