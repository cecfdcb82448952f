import fc from 'fast-check';
import { checkExpectation } from '../../../lib/core/data/compile';
import { mean, median, standardDeviation, sum } from '../../../lib/core/data/folds';
import { editDistance, nearest } from '../../../lib/core/nearest';

const columns = [
  { name: 'n', type: 'number' },
  { name: 'c', type: 'string' },
  { name: 'd', type: 'date' },
] as const;

test.each([
  ['expect_column_values_to_be_between', { column: 'n' }, 'needs min_value or max_value'],
  ['expect_column_values_to_be_between', { column: 'd', min_value: 'yesterday' }, `of the column's type (date)`],
  ['expect_column_values_to_be_in_set', { column: 'c', value_set: [] }, 'value_set is a list that is not empty'],
  ['expect_column_values_to_be_in_set', { column: 'n', value_set: [1, '2'] }, 'has an entry "2" that is wrong'],
  ['expect_column_values_to_match_regex', { column: 'c', regex: '[' }, 'regex is a regular expression'],
  ['expect_column_values_to_be_of_type', { column: 'c', type_: 'blob' }, 'type_ is one of str, string'],
  [
    'expect_column_values_to_not_be_null',
    { column: 'c', mostly: 95 },
    'mostly is a share above 0, 1 at most; found 95',
  ],
  [
    'expect_column_mean_to_be_between',
    { column: 'c', min_value: 0 },
    'is for columns of numbers; c is declared string',
  ],
  ['expect_column_values_to_not_be_null', { column: 'c', row_condition: 'x' }, 'unknown argument "row_condition"'],
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

describe('folds agree with their definitions', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });
  const run = (fold: ReturnType<typeof sum>, of: readonly number[]) => {
    for (const value of of) fold.add(value);
    return Number(fold.result());
  };
  const close = (a: number, b: number) => Math.abs(a - b) <= 1e-7 * Math.max(1, Math.abs(a), Math.abs(b));

  test('sum, mean, standard deviation, median', () => {
    fc.assert(
      fc.property(values, (of) => {
        const total = of.reduce((a, b) => a + b, 0);
        const average = total / of.length;
        const variance = of.reduce((a, b) => a + (b - average) ** 2, 0) / (of.length - 1);
        const sorted = [...of].sort((a, b) => a - b);
        const middle = ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
        expect(close(run(sum(), of), total)).toBe(true);
        expect(close(run(mean(), of), average)).toBe(true);
        expect(close(run(standardDeviation(), of), Math.sqrt(variance))).toBe(true);
        expect(run(median(), of)).toBeCloseTo(middle, 6);
      }),
    );
  });

  test('a small value survives large ones that cancel', () => {
    expect(run(sum(), [1e16, 1, -1e16])).toBe(1);
  });

  test('one value has no standard deviation', () => {
    const fold = standardDeviation();
    fold.add(3);
    expect(fold.result()).toBeNull();
  });
});

test('the nearest word is one that could be meant', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3);
  expect(editDistance('ab', 'ba')).toBe(1);
  expect(nearest('roc-auc', ['accuracy', 'roc_auc'])).toBe('roc_auc');
  expect(nearest('zebra', ['accuracy', 'roc_auc'])).toBeUndefined();
});
