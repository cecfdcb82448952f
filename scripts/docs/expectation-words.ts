/** What an expectation asks, and one as it stands in gates.yaml; a test holds both against catalogue and schema. */
export interface ExpectationWords {
  readonly asks: string;
  /** Arguments, in YAML's flow style. */
  readonly example: string;
}

const is = (asks: string, example: string): ExpectationWords => ({ asks, example });

/** By type, in families. Missing values are left out unless the expectation is about them. */
export const EXPECTATION_FAMILIES: Readonly<Record<string, Readonly<Record<string, ExpectationWords>>>> = {
  'The table': {
    expect_column_to_exist: is(
      'The column is there, at that position if one is given (from 0).',
      '{ column: plan, column_index: 3 }',
    ),
    expect_table_columns_to_match_ordered_list: is(
      'The columns are these, in this order.',
      '{ column_list: [id, tenure, spend, plan, email, signed_up, is_active, payload, churned] }',
    ),
    expect_table_columns_to_match_set: is(
      'The columns are these in any order; without `exact_match: false` there are no others.',
      '{ column_set: [id, plan], exact_match: false }',
    ),
    expect_table_column_count_to_be_between: is(
      'The number of columns lies between the bounds.',
      '{ min_value: 5, max_value: 12 }',
    ),
    expect_table_column_count_to_equal: is('There are so many columns.', '{ value: 9 }'),
    expect_table_row_count_to_be_between: is('The number of rows lies between the bounds.', '{ min_value: 1000 }'),
    expect_table_row_count_to_equal: is('There are so many rows.', '{ value: 7043 }'),
  },
  'Values of a column': {
    expect_column_values_to_not_be_null: is('Values are there.', '{ column: plan, mostly: 0.99 }'),
    expect_column_values_to_be_null: is('Values are missing.', '{ column: payload, mostly: 0.5 }'),
    expect_column_values_to_be_in_set: is('Values are among these.', '{ column: plan, value_set: [basic, plus, pro] }'),
    expect_column_values_to_not_be_in_set: is('Values are not among these.', '{ column: plan, value_set: [test] }'),
    expect_column_values_to_be_between: is(
      'Values lie between the bounds, which `strict_min` and `strict_max` exclude.',
      '{ column: spend, min_value: 0, strict_min: true, mostly: 0.999 }',
    ),
    expect_column_values_to_be_unique: is(
      'No value is there twice; every row of a value that is counts.',
      '{ column: id }',
    ),
    expect_column_values_to_be_of_type: is(
      'The column has this type, by the names of pandas, Spark, SQL or Python.',
      '{ column: tenure, type_: INTEGER }',
    ),
    expect_column_values_to_be_in_type_list: is(
      'The column has one of these types.',
      '{ column: spend, type_list: [float64, DOUBLE, number] }',
    ),
    expect_column_values_to_be_increasing: is(
      'No value is below the one of the row before; `strictly`: nor equal.',
      '{ column: signed_up, strictly: false }',
    ),
    expect_column_values_to_be_decreasing: is(
      'No value is above the one of the row before; `strictly`: nor equal.',
      '{ column: tenure, mostly: 0.1 }',
    ),
    expect_column_value_z_scores_to_be_less_than: is(
      '(value − mean) / standard deviation is below the threshold; `double_sided`: its size is.',
      '{ column: spend, threshold: 6, double_sided: true }',
    ),
  },
  Texts: {
    expect_column_value_lengths_to_be_between: is(
      'Texts have so many characters.',
      '{ column: id, min_value: 3, max_value: 12 }',
    ),
    expect_column_value_lengths_to_equal: is(
      'Texts have exactly so many characters.',
      '{ column: plan, value: 4, mostly: 0.3 }',
    ),
    expect_column_values_to_match_regex: is(
      'The expression is found in the text (anchor it with ^ and $ for the whole).',
      "{ column: email, regex: '^[^@]+@[^@]+$' }",
    ),
    expect_column_values_to_not_match_regex: is(
      'The expression is not found in the text.',
      "{ column: email, regex: '@example[.]' }",
    ),
    expect_column_values_to_match_regex_list: is(
      'Any of the expressions is found; `match_on: all`: all are.',
      "{ column: id, regex_list: ['^C-', '^X-'], match_on: any }",
    ),
    expect_column_values_to_not_match_regex_list: is(
      'None of the expressions is found.',
      "{ column: plan, regex_list: ['^test', 'tmp$'] }",
    ),
    expect_column_values_to_match_like_pattern: is(
      'The whole text fits the SQL pattern (% and _).',
      "{ column: id, like_pattern: 'C-%' }",
    ),
    expect_column_values_to_not_match_like_pattern: is(
      'The text does not fit the SQL pattern.',
      "{ column: email, like_pattern: '%@example.com' }",
    ),
    expect_column_values_to_match_like_pattern_list: is(
      'Any of the patterns fits; `match_on: all`: all do.',
      "{ column: id, like_pattern_list: ['C-%', 'X-%'] }",
    ),
    expect_column_values_to_not_match_like_pattern_list: is(
      'None of the patterns fits.',
      "{ column: id, like_pattern_list: ['test%', '%tmp'] }",
    ),
    expect_column_values_to_match_strftime_format: is(
      'The text is a date in this format.',
      "{ column: email, strftime_format: '%Y-%m-%d', mostly: 0.01 }",
    ),
    expect_column_values_to_be_dateutil_parseable: is(
      'The text can be read as a date or time.',
      '{ column: payload, mostly: 0.01 }',
    ),
    expect_column_values_to_be_json_parseable: is('The text is JSON.', '{ column: payload }'),
    expect_column_values_to_match_json_schema: is(
      'The text is JSON that this schema describes.',
      '{ column: payload, json_schema: { type: object, required: [source] } }',
    ),
  },
  'Statistics of a column': {
    expect_column_mean_to_be_between: is('Σx / n.', '{ column: spend, min_value: 60, max_value: 120 }'),
    expect_column_sum_to_be_between: is('Σx.', '{ column: tenure, min_value: 1 }'),
    expect_column_stdev_to_be_between: is('√(Σ(x − x̄)² / (n − 1)).', '{ column: spend, min_value: 5 }'),
    expect_column_median_to_be_between: is(
      'The middle value, or the mean of the two in the middle.',
      '{ column: spend, min_value: 50, max_value: 110 }',
    ),
    expect_column_min_to_be_between: is('The smallest value.', '{ column: tenure, min_value: 0 }'),
    expect_column_max_to_be_between: is('The greatest value.', '{ column: tenure, max_value: 120 }'),
    expect_column_quantile_values_to_be_between: is(
      'Each quantile lies in its range (null leaves an end open).',
      '{ column: spend, quantile_ranges: { quantiles: [0.5, 0.95], value_ranges: [[40, 120], [null, 300]] } }',
    ),
    expect_column_unique_value_count_to_be_between: is(
      'The number of different values.',
      '{ column: plan, min_value: 2, max_value: 10 }',
    ),
    expect_column_proportion_of_unique_values_to_be_between: is(
      'Different values / values that are there.',
      '{ column: id, min_value: 1, max_value: 1 }',
    ),
    expect_column_most_common_value_to_be_in_set: is(
      'The most frequent value is one of these; `ties_okay`: one of several most frequent ones suffices.',
      '{ column: plan, value_set: [basic, plus], ties_okay: true }',
    ),
    expect_column_kl_divergence_to_be_less_than: is(
      'Σp·ln(p/q) of the shares p against the partition object’s q stays below the threshold; what it does not know is infinitely far away unless weight is held out for it.',
      '{ column: plan, partition_object: { values: [basic, plus, pro], weights: [0.5, 0.3, 0.2] }, threshold: 0.1 }',
    ),
  },
  'Different values of a column': {
    expect_column_distinct_values_to_be_in_set: is(
      'Every value that occurs is one of these.',
      '{ column: plan, value_set: [basic, plus, pro, trial] }',
    ),
    expect_column_distinct_values_to_contain_set: is(
      'Each of these occurs.',
      '{ column: plan, value_set: [basic, pro] }',
    ),
    expect_column_distinct_values_to_equal_set: is(
      'These occur and no others.',
      '{ column: plan, value_set: [basic, plus, pro] }',
    ),
  },
  'Several columns': {
    expect_column_pair_values_to_be_equal: is(
      'Both columns hold the same value.',
      '{ column_A: tenure, column_B: churned, mostly: 0.01 }',
    ),
    expect_column_pair_values_a_to_be_greater_than_b: is(
      'A is greater than B; `or_equal`: or equal.',
      '{ column_A: spend, column_B: churned, or_equal: true }',
    ),
    expect_column_pair_values_to_be_in_set: is(
      'The pair is one of these.',
      '{ column_A: plan, column_B: churned, value_pairs_set: [[basic, 0], [basic, 1], [pro, 0]], mostly: 0.5 }',
    ),
    expect_multicolumn_sum_to_equal: is(
      'The columns of a row add up to this.',
      '{ column_list: [tenure, churned], sum_total: 12, mostly: 0.01 }',
    ),
    expect_compound_columns_to_be_unique: is(
      'No two rows hold the same values in these columns.',
      '{ column_list: [id, signed_up] }',
    ),
    expect_select_column_values_to_be_unique_within_record: is(
      'No two of these columns hold the same value in a row.',
      '{ column_list: [tenure, churned], mostly: 0.9 }',
    ),
  },
  'A query': {
    unexpected_rows_expectation: is(
      'The query, which reads `{batch}`, finds no row.',
      "{ unexpected_rows_query: 'SELECT * FROM {batch} WHERE churned = 1 AND tenure < 0' }",
    ),
  },
};
