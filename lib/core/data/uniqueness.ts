import type { Arguments } from './arguments';
import { type Collector, type Expectation, expectation } from './definition';
import { EXAMPLES, type Example, judgeRows, keyOf, type RowStatistics } from './rows';
import type { Row, TableInfo, Value } from './table';

interface Group {
  count: number;
  readonly value: unknown;
}

/**
 * Groups rows by values; every member of a group with more than one row is unexpected, as Great Expectations counts.
 * Memory grows with the number of distinct values; examples are the rows that repeat an earlier one.
 *
 * @param missing which rows are left out
 */
function groupRows(
  table: TableInfo,
  columns: readonly string[],
  missing: (values: readonly Value[]) => boolean,
): Collector<RowStatistics> {
  const groups = new Map<string, Group>();
  const examples: Example[] = [];
  let elements = 0;
  let left = 0;
  const add = (row: Row): void => {
    elements += 1;
    const values = columns.map((column) => row.values[column] ?? null);
    if (missing(values)) {
      left += 1;
      return;
    }
    const value = values.length === 1 ? values[0] : values;
    const id = JSON.stringify(values);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { count: 1, value });
    else {
      group.count += 1;
      if (examples.length < EXAMPLES) examples.push({ value, line: row.line, key: keyOf(row, table) });
    }
  };
  const statistics = (): RowStatistics => {
    const repeated = [...groups.values()].filter(({ count }) => count > 1);
    const unexpected = repeated.reduce((sum, { count }) => sum + count, 0);
    return { elements, missing: left, unexpected, examples };
  };
  return { add, statistics };
}

const IGNORE = ['all_values_are_missing', 'any_value_is_missing', 'never'] as const;

function ignores(args: Arguments): (values: readonly Value[]) => boolean {
  const rule = args.text('ignore_row_if') ?? 'all_values_are_missing';
  if (rule === 'never') return () => false;
  return rule === 'any_value_is_missing'
    ? (values) => values.includes(null)
    : (values) => values.every((value) => value === null);
}

export const uniqueness: readonly Expectation[] = [
  expectation<RowStatistics>({
    type: 'expect_column_values_to_be_unique',
    arguments: { column: { kind: 'column', required: true }, mostly: { kind: 'share' } },
    collect: (args, table) => groupRows(table, [args.column], ([value]) => value === null),
    judge: (args, statistics, table) => judgeRows(args.column, 'are not unique', args, statistics, table),
  }),
  expectation<RowStatistics>({
    type: 'expect_compound_columns_to_be_unique',
    arguments: {
      column_list: { kind: 'columns', required: true },
      ignore_row_if: { kind: IGNORE },
      mostly: { kind: 'share' },
    },
    collect: (args, table) => groupRows(table, args.texts('column_list'), ignores(args)),
    judge: (args, statistics, table) =>
      judgeRows(args.texts('column_list').join(' + '), 'are not unique together', args, statistics, table),
  }),
];
