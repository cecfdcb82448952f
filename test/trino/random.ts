import fc from 'fast-check';

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 5 });

const awkward = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0.1, 0.2, 0.3, -0.5, 1e16, -1e16, 1e-300, 5e-324, 1, 1 / 3, 2.5),
);
const texts = fc.constantFrom(
  'a',
  'bb',
  'ccc',
  '',
  "it's",
  'é',
  '😀',
  'A',
  '日本',
  '[NaN, -Infinity]',
  '-NaN',
  '"NaN \\" x"',
  '{"a": 1}',
  '2024-01-31',
  '100%',
  'a_b',
  'x\ny',
);

/** Columns of one length, with values that engines may treat in different ways. */
export const awkwardTables = fc.integer({ min: 1, max: 30 }).chain((size) => {
  const column = <T>(value: fc.Arbitrary<T>) => fc.array(optional(value), { minLength: size, maxLength: size });
  return fc.record({
    i: column(fc.integer({ min: -3, max: 6 })),
    x: column(awkward),
    'a "text"': column(texts),
    b: column(fc.boolean()),
  });
});

const s = 'a "text"';

/** Expectations of every way in which a plan asks: counters, sums, places of the order, groups, distinct values, steps. */
export const SUITE: readonly (readonly [string, readonly Readonly<Record<string, unknown>>[]])[] = [
  ['expect_table_row_count_to_be_between', [{ min_value: 3 }]],
  ['expect_column_values_to_not_be_null', ['i', 'x', s, 'b'].map((column) => ({ column, mostly: 0.8 }))],
  ['expect_column_values_to_be_unique', ['i', 'x', s, 'b'].map((column) => ({ column, mostly: 0.5 }))],
  ['expect_column_unique_value_count_to_be_between', ['i', s, 'b'].map((column) => ({ column, max_value: 8 }))],
  [
    'expect_column_most_common_value_to_be_in_set',
    ['i', s, 'b'].map((column) => ({ column, value_set: [1, 'a', true] })),
  ],
  ['expect_column_min_to_be_between', ['i', 'x', s, 'b'].map((column) => ({ column }))],
  [
    'expect_column_mean_to_be_between',
    [...['i', 'x', 'b'].map((column) => ({ column })), { column: 'x', row_condition: 'i / 2 > 0.4' }],
  ],
  ['expect_column_sum_to_be_between', ['i', 'x', 'b'].map((column) => ({ column }))],
  ['expect_column_stdev_to_be_between', ['i', 'x', 'b'].map((column) => ({ column }))],
  [
    'expect_column_median_to_be_between',
    [...['i', 'x', 'b'].map((column) => ({ column })), { column: 'x', row_condition: 'i % 2 == 0' }],
  ],
  [
    'expect_column_value_z_scores_to_be_less_than',
    ['i', 'x'].map((column) => ({ column, threshold: 1.5, double_sided: true, mostly: 0.9 })),
  ],
  [
    'expect_column_values_to_be_between',
    ['i', 'x'].map((column) => ({ column, min_value: -1, max_value: 5, mostly: 0.6 })),
  ],
  ['expect_column_values_to_be_increasing', ['i', 'x'].map((column) => ({ column, mostly: 0.5 }))],
  [
    'expect_column_quantile_values_to_be_between',
    ['i', 'x'].map((column) => ({
      column,
      quantile_ranges: { quantiles: [0, 0.1, 0.5, 0.95, 1], value_ranges: Array(5).fill([-1, 4]) },
    })),
  ],
  [
    'expect_column_kl_divergence_to_be_less_than',
    [
      {
        column: 'x',
        threshold: 0.1,
        tail_weight_holdout: 0.1,
        partition_object: { bins: [-5, 0, 5], weights: [0.5, 0.5] },
      },
    ],
  ],
  [
    'expect_column_values_to_match_regex',
    ['^[ab]', '^(?!b)', '\\w$', '^\\W', '\\s'].map((regex) => ({ column: s, regex })),
  ],
  [
    'expect_column_values_to_match_like_pattern',
    ['a%', '%\\%', 'a_b', 'A'].map((like_pattern) => ({ column: s, like_pattern })),
  ],
  ['expect_column_value_lengths_to_be_between', [{ column: s, max_value: 1 }]],
  ['expect_column_values_to_be_json_parseable', [{ column: s, mostly: 0.1 }]],
  ['expect_column_values_to_be_dateutil_parseable', [{ column: s, mostly: 0.1 }]],
  ['expect_column_distinct_values_to_equal_set', [{ column: s, value_set: ['a', 'bb'] }]],
  ['expect_column_pair_values_to_be_equal', [{ column_A: 'i', column_B: 'x', mostly: 0.3 }]],
  ['expect_compound_columns_to_be_unique', [{ column_list: [s, 'b'] }]],
  ['expect_multicolumn_sum_to_equal', [{ column_list: ['i', 'x'], sum_total: 1, mostly: 0.1 }]],
  [
    'expect_column_values_to_be_in_set',
    [
      { column: 'i', value_set: [1, 2], row_condition: 'i < 3' },
      { column: 'b', value_set: [1] },
    ],
  ],
  ['unexpected_rows_expectation', [{ unexpected_rows_query: 'SELECT i, b FROM {batch} WHERE i > 2 ORDER BY i, b' }]],
];
