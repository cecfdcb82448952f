import { checkExpectation } from '../../../lib/core/data/compile';
import { editDistance, nearest } from '../../../lib/core/nearest';

const columns = [
  { name: 'n', type: 'number' },
  { name: 'c', type: 'string' },
  { name: 'd', type: 'date' },
] as const;

test.each([
  ['expect_column_values_to_be_between', { column: 'n' }, 'needs min_value or max_value'],
  ['expect_column_values_to_be_between', { column: 'd', min_value: 'yesterday' }, `of the column's type (date)`],
  ['expect_column_values_to_be_in_set', { column: 'c', value_set: 3 }, 'value_set must be a list'],
  ['expect_column_values_to_be_in_set', { column: 'n', value_set: [1, '2'] }, 'has an entry "2" that is wrong'],
  ['expect_column_values_to_match_regex', { column: 'c', regex: '[' }, 'regex is a regular expression'],
  ['expect_column_values_to_be_of_type', { column: 'c', type_: 'blob' }, 'type_ is one of str, string'],
  ['expect_column_values_to_not_be_null', { column: 'c', mostly: 95 }, 'mostly must be between 0 and 1; found 95'],
  [
    'expect_column_mean_to_be_between',
    { column: 'c', min_value: 0 },
    'is for columns of numbers; c is declared string',
  ],
  [
    'expect_column_values_to_not_be_null',
    { column: 'c', row_condition: 'nn > 1' },
    'there is no column "nn" (did you mean "n"?)',
  ],
  ['expect_compound_columns_to_be_unique', { column_list: ['n', 'q'] }, 'has an entry "q"'],
  ['expect_compound_columns_to_be_unique', { column_list: ['n'], ignore_row_if: 'neve' }, 'did you mean "never"?'],
  ['expect_table_row_count_to_be_between', { min_value: -1 }, 'min_value is a whole number, 0 or more'],
])('%s %j is refused', (type, kwargs, message) => {
  expect(checkExpectation({ type, kwargs }, columns).join()).toContain(message);
});

test('arguments that say nothing about the data are left alone', () => {
  const kwargs = { column: 'c', meta: { owner: 'me' }, result_format: 'BASIC' };
  expect(checkExpectation({ type: 'expect_column_values_to_not_be_null', kwargs }, columns)).toEqual([]);
});

test('the nearest word is one that could be meant', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('ab', 'ba')).toBe(1);
  expect(nearest('roc-auc', ['accuracy', 'roc_auc'])).toBe('roc_auc');
  expect(nearest('zebra', ['accuracy', 'roc_auc'])).toBeUndefined();
});
